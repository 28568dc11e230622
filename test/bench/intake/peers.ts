/** The servers that race: our hub as `modelbank serve` runs it, Orthanc, and dcmtk's storescp, all over mutual TLS on loopback. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki, type DevelopmentPki } from '@modelbank/dimse';
import { freePort, ListeningTool, startStorescp, TOOLS, type ToolTls } from '@modelbank/testing';
import { readHubAddress } from '../../../apps/cli/src/hub-client';
import { enrolCentre } from '../../journeys/support/journey-centre';
import { startHubProcess } from '../../journeys/support/journey-hub';
import type { HubProcess } from '../../journeys/support/journey-hub';

export const CALLING_AE_TITLE = 'BENCH';

export interface Peer {
  readonly name: string;
  readonly pid: number;
  readonly dimsePort: number;
  readonly calledAeTitle: string;
  stop(): Promise<void>;
}

/** Everything of one run of the benchmark lies below this folder. */
export async function newBenchFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'modelbank-bench-'));
}

export interface OurPeer extends Peer {
  readonly hub: HubProcess;
  readonly client: ToolTls;
  readonly dicomwebPort: number;
}

/** With fsync, digests and rows, as always; no model is registered, so nothing but intake and assembly works. */
export async function startOurHub(home: string): Promise<OurPeer> {
  const hub = await startHubProcess(home, { MODELBANK_INFERENCE_WORKERS: '0', MODELBANK_SWEEP_EVERY_MS: '1000' });
  const { client } = await enrolCentre(hub, { id: 'bench', aeTitle: CALLING_AE_TITLE });
  return {
    name: 'Modelbank',
    pid: hub.pid,
    dimsePort: hub.dimsePort,
    calledAeTitle: 'MODELBANK',
    hub,
    client,
    dicomwebPort: (await readHubAddress(home))?.dicomwebPort ?? 0,
    stop: () => hub.stop(),
  };
}

/** Debian's Orthanc with its own defaults, among them SyncStorageArea (fsync of every file) and the SQLite index. */
export async function startOrthancPeer(folder: string, pki: DevelopmentPki, dicomWeb: boolean): Promise<OrthancPeer> {
  await mkdir(folder, { recursive: true });
  const [dimsePort, httpPort] = [await freePort(), await freePort()];
  const { certPath, keyPath } = pki.hub.server;
  const configuration = {
    Name: 'BENCH',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomPort: dimsePort,
    DicomAet: 'ORTHANC',
    DicomAlwaysAllowStore: true,
    DicomTlsEnabled: true,
    DicomTlsCertificate: certPath,
    DicomTlsPrivateKey: keyPath,
    DicomTlsTrustedCertificates: pki.caPath,
    DicomTlsRemoteCertificateRequired: true,
    Plugins: dicomWeb ? ['/usr/share/orthanc/plugins/'] : [],
  };
  const path = join(folder, 'orthanc.json');
  await writeFile(path, JSON.stringify(configuration));
  const tool = await ListeningTool.start(TOOLS.orthanc, [path], dimsePort);
  return { name: 'Orthanc', pid: tool.pid, dimsePort, httpPort, calledAeTitle: 'ORTHANC', stop: () => tool.stop() };
}

export interface OrthancPeer extends Peer {
  readonly httpPort: number;
}

/** dcmtk's storescp: writes each data set to a file, without fsync, digest or row. */
export async function startStorescpPeer(folder: string, pki: DevelopmentPki): Promise<Peer> {
  await mkdir(folder, { recursive: true });
  const tool = await startStorescp(folder, { caPath: pki.caPath, ...pki.hub.server }, [
    '--max-pdu',
    '131072',
    '--fork',
  ]);
  return { name: 'storescp', pid: tool.pid, dimsePort: tool.port, calledAeTitle: 'STORESCP', stop: () => tool.stop() };
}

export function benchPki(home: string): Promise<DevelopmentPki> {
  return ensurePki(home, ['bench'], new Date());
}
