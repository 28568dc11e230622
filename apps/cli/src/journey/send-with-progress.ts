/** Sends files to the hub as a centre would: DICOM over mutual TLS, with a progress bar where there is a terminal. */
import { readFile } from 'node:fs/promises';
import { Presets, SingleBar } from 'cli-progress';
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
