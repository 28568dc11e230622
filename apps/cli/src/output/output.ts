/** What a command prints: an answer on stdout (text or, with --json, one JSON value), everything else on stderr. */
import { HubError } from '@modelbank/contracts';
import { AllRefused } from '../journey/refused-files';
import type { RefusedFile } from '../journey/refused-files';

export interface Output {
  readonly asJson: boolean;
  /** The command's answer. */
  answer(value: unknown, text: string): void;
  /** What happens meanwhile; silent with --json. */
  note(text: string): void;
  /** A failure: what, and what to do. */
  failure(error: HubError): void;
}

export function createOutput(asJson: boolean, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  return {
    asJson,
    answer: (value, text) => {
      stdout.write(asJson ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
    },
    note: (text) => {
      if (!asJson) stderr.write(`${text}\n`);
    },
    failure: (error) => {
      const { code, message, advice } = error;
      if (asJson)
        stdout.write(`${JSON.stringify({ error: { code, message, advice }, ...refusedOf(error) }, null, 2)}\n`);
      stderr.write(`${code}: ${message}\n${advice === undefined ? '' : `  -> ${advice}\n`}`);
    },
  };
}

/** The files of a submission that was refused as a whole. */
function refusedOf(error: HubError): { readonly refused?: readonly RefusedFile[] } {
  return error instanceof AllRefused ? { refused: error.refused } : {};
}
