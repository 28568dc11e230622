/** dcmtk and Orthanc as peers, over mutual TLS where they are given certificates. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListeningTool, freePort, runTool, type ToolResult } from './tool-process';

/** Paths of PEM files. */
export interface ToolTls {
  readonly caPath: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export interface ToolTarget {
  readonly port: number;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly tls?: ToolTls;
}

export const TOOLS = {
  storescu: '/usr/bin/storescu',
  echoscu: '/usr/bin/echoscu',
  storescp: '/usr/bin/storescp',
  orthanc: '/usr/sbin/Orthanc',
} as const;

const tlsArguments = (tls: ToolTls | undefined): string[] =>
  tls ? ['+tls', tls.keyPath, tls.certPath, '+cf', tls.caPath] : [];

export function runEchoscu({ port, callingAeTitle, calledAeTitle, tls }: ToolTarget): Promise<ToolResult> {
  const titles = ['-aet', callingAeTitle, '-aec', calledAeTitle];
  return runTool(TOOLS.echoscu, ['-v', ...tlsArguments(tls), ...titles, '127.0.0.1', String(port)]);
}

/** `more` holds options (for instance `-xs`, `--max-pdu`) and the files or folders to send. */
export function runStorescu(target: ToolTarget, more: readonly string[], timeoutMs?: number): Promise<ToolResult> {
  const titles = ['-aet', target.callingAeTitle, '-aec', target.calledAeTitle];
  const [options, files] = splitOptions(more);
  return runTool(
    TOOLS.storescu,
    ['-v', ...tlsArguments(target.tls), ...titles, ...options, '127.0.0.1', String(target.port), ...files],
    timeoutMs,
  );
}

/** A storescp that writes data sets exactly as received into `folder`. */
export async function startStorescp(
  folder: string,
  tls?: ToolTls,
  more: readonly string[] = [],
): Promise<ListeningTool> {
  const port = await freePort();
  const options = ['+B', '+xa', '-od', folder, '-aet', 'STORESCP'];
  return ListeningTool.start(TOOLS.storescp, [...tlsArguments(tls), ...options, ...more, String(port)], port);
}

/** An Orthanc with DICOM over TLS, and HTTP on loopback. Instances lie in its storage folder; `more` is configuration. */
export async function startOrthanc(
  tls: ToolTls,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly tool: ListeningTool; readonly httpPort: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'orthanc-'));
  const [dicomPort, httpPort] = [await freePort(), await freePort()];
  const configuration = {
    Name: 'TEST',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomPort: dicomPort,
    DicomAet: 'ORTHANC',
    DicomCheckCalledAet: true,
    DicomAlwaysAllowStore: true,
    DicomAlwaysAllowEcho: true,
    DicomTlsEnabled: true,
    DicomTlsCertificate: tls.certPath,
    DicomTlsPrivateKey: tls.keyPath,
    DicomTlsTrustedCertificates: tls.caPath,
    DicomTlsRemoteCertificateRequired: true,
    Plugins: [],
    ...more,
  };
  const path = join(folder, 'orthanc.json');
  await writeFile(path, JSON.stringify(configuration));
  return { tool: await ListeningTool.start(TOOLS.orthanc, [path], dicomPort), httpPort };
}

/** Options come first; the first argument that exists as no option starts the files. */
function splitOptions(more: readonly string[]): [readonly string[], readonly string[]] {
  const firstFile = more.findIndex((argument) => argument.startsWith('/'));
  return firstFile < 0 ? [more, []] : [more.slice(0, firstFile), more.slice(firstFile)];
}
