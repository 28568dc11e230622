/** Sends files to the hub as a centre would: DICOM over mutual TLS, with a progress bar where there is a terminal. */
import { readFile } from 'node:fs/promises';
import { Presets, SingleBar } from 'cli-progress';
import { HubError } from '@modelbank/contracts';
import { sendFiles } from '@modelbank/dimse';
import type { SentFile } from '@modelbank/dimse';
import type { CertificateFiles } from '../commands/development-certificate';

export interface SendOptions {
  readonly host: string;
  readonly port: number;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly certificate: CertificateFiles;
  readonly showBar: boolean;
}

export async function sendWithProgress(paths: readonly string[], options: SendOptions): Promise<SentFile[]> {
  const { certificatePath, keyPath, caPath } = options.certificate;
  const [cert, key, ca] = await Promise.all([certificatePath, keyPath, caPath].map((path) => readFile(path)));
  const bar = options.showBar && process.stderr.isTTY ? progressBar(paths.length) : null;
  try {
    const { host, port, callingAeTitle, calledAeTitle } = options;
    return await sendFiles({ host, port, tls: { ca, cert, key }, callingAeTitle, calledAeTitle }, paths, ({ done }) =>
      bar?.update(done),
    );
  } finally {
    bar?.stop();
  }
}

function progressBar(total: number): SingleBar {
  const bar = new SingleBar(
    { format: 'sending    {bar} {value}/{total} instances', hideCursor: true, stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return bar;
}

/** The refusals in words, each reason once; throws when nothing at all was accepted. */
export function refusals(sent: readonly SentFile[]): string[] {
  const failed = sent.flatMap(({ error }) => (error === undefined ? [] : [error]));
  if (failed.length === sent.length && failed.length > 0) throw adviseOn(failed[0]);
  const counts = new Map<string, number>();
  for (const { code, message } of failed)
    counts.set(`${code}: ${message}`, (counts.get(`${code}: ${message}`) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} refused, ${text}`);
}

const CALLED_AE = 'the hub has no such AE title: name one of its own with --called (MODELBANK is always there)';
const CALLING_AE =
  'is the certificate enrolled (modelbank centre cert ID) and the calling AE title one of the centre (modelbank centre list ID)?';

function adviseOn(error: HubError): HubError {
  const refused = error.message.includes('called AE title') ? CALLED_AE : CALLING_AE;
  const advice = error.code === 'PEER_REJECTED' ? refused : error.advice;
  return new HubError(error.code, error.message, { cause: error, advice });
}
