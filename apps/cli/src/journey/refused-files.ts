/** Which files the hub refused and why, named one by one; when it took none at all, that is a failure with advice. */
import { HubError } from '@modelbank/contracts';
import type { SentFile } from '@modelbank/dimse';

export interface RefusedFile {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** More than these are counted only; `--json` has them all. */
const MOST_NAMED = 20;

/** The hub took nothing; `refused` names every file for `--json`. */
export class AllRefused extends HubError {
  constructor(
    first: HubError,
    readonly refused: readonly RefusedFile[],
  ) {
    super(first.code, first.message, { cause: first, advice: adviceOn(first) });
  }
}

export function refusedFiles(sent: readonly SentFile[]): RefusedFile[] {
  return sent.flatMap(({ path, error }) =>
    error === undefined ? [] : [{ path, code: error.code, message: error.message }],
  );
}

/** A rejected association says nothing of single files, so its files are named in `--json` only. */
export function refusalLines(all: readonly RefusedFile[]): string[] {
  const refused = all.filter(({ code }) => code !== 'PEER_REJECTED');
  const lines = refused.slice(0, MOST_NAMED).map(({ path, code, message }) => `refused ${path}: ${code}: ${message}`);
  const more = refused.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more files; --json names all`];
}

/** Throws AllRefused when nothing at all was accepted. */
export function requireAccepted(sent: readonly SentFile[]): void {
  const errors = sent.flatMap(({ error }) => (error === undefined ? [] : [error]));
  if (errors.length === sent.length && errors.length > 0) throw new AllRefused(errors[0], refusedFiles(sent));
}

const CALLED_AE = 'the hub has no such AE title: name one of its own with --called (MODELBANK is always there)';
const CALLING_AE =
  'is the certificate enrolled (modelbank centre cert ID) and the calling AE title one of the centre (modelbank centre list ID)?';

function adviceOn({ code, message, advice }: HubError): string | undefined {
  if (code !== 'PEER_REJECTED') return advice;
  return message.includes('called AE title') ? CALLED_AE : CALLING_AE;
}
