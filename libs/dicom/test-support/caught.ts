/** What a call threw, or what it returned, for tests that look at both. */
import { openPart10 } from '../src/open-part10';

export function openPart10OrNone(bytes: Uint8Array) {
  const opened = caught(() => openPart10(bytes));
  return opened instanceof Error ? undefined : opened;
}

export function caught<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

export const codeOf = (thrown: unknown) => (thrown as { code?: string }).code;
