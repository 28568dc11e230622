/** Storage commitment with Orthanc as the gateway, over TLS in both directions, the reports on new associations. */
import { execFileSync } from 'node:child_process';
import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMITMENTS, type Commitments } from '@modelbank/contracts';
import { deriveUid, sopClassUid } from '@modelbank/dicom';
import { COMMITMENT_FAILURE, type ReferencedInstance } from '@modelbank/dimse';
import { CommitmentItemEntity } from '@modelbank/store';
import { TOOLS, hasTool, startOrthanc } from '@modelbank/testing';
import { CT, CommitmentBench, until } from '../../../../../test/support/commitment-bench';

jest.setTimeout(60_000);
const withOrthanc = hasTool(TOOLS.orthanc) ? describe : describe.skip;
if (!hasTool(TOOLS.orthanc)) process.stderr.write('skipped: Orthanc is not installed\n');

let place: CommitmentBench;
beforeAll(async () => {
  place = await CommitmentBench.open();
});
afterAll(() => place.dispose());

withOrthanc('Orthanc as the gateway, over TLS both ways', () => {
  let orthanc: Awaited<ReturnType<typeof startOrthanc>>;

  /** Orthanc shows one certificate as client and as server. */
  async function gatewayCertificate() {
    const paths = (name: string) => join(place.folder, name);
    const pki = join(place.bench.configuration.home, 'pki');
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    await writeFile(
      paths('ext'),
      'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n',
    );
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', paths('gw.key'));
    openssl('req', '-new', '-key', paths('gw.key'), '-subj', '/CN=gateway', '-out', paths('gw.csr'));
    const authority = ['-CA', join(pki, 'ca.crt'), '-CAkey', join(pki, 'ca.key'), '-CAserial', paths('serial')];
    const what = ['-req', '-in', paths('gw.csr'), '-extfile', paths('ext'), '-days', '2', '-out', paths('gw.crt')];
    openssl('x509', ...what, ...authority, '-CAcreateserial');
    const pem = await readFile(paths('gw.crt'), 'utf8');
    expect((await place.bench.api('POST', '/centres/odense/certificates', { pem })).status).toBe(201);
    return { caPath: place.bench.pki.caPath, certPath: paths('gw.crt'), keyPath: paths('gw.key') };
  }

  const http = async (method: string, path: string, body?: object | Buffer) => {
    const response = await fetch(`http://127.0.0.1:${orthanc.httpPort}${path}`, {
      method,
      body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  beforeAll(async () => {
    const hub = {
      ...{ AET: 'MODELBANK', Host: '127.0.0.1', Port: place.bench.dimsePort, UseDicomTls: true },
      ...{ AllowStorageCommitment: true, AllowEcho: true },
    };
    orthanc = await startOrthanc(await gatewayCertificate(), { DicomAet: 'GATEWAY', DicomModalities: { hub } });
    await place.bench.api('POST', '/centres/odense/calling-aes', { aeTitle: 'GATEWAY' });
    expect((await place.setGateway({ port: orthanc.tool.port }, 'GATEWAY')).status).toBe(200);
  });
  afterAll(() => orthanc.tool.stop());

  const commit = async (instances: readonly ReferencedInstance[]) => {
    const DicomInstances = instances.map((each) => [each.sopClassUid, each.sopInstanceUid]);
    const { ID } = await http('POST', '/modalities/hub/storage-commitment', { DicomInstances });
    return until(async () => {
      const report = await http('GET', `/storage-commitment/${String(ID)}`);
      return report.Status === 'Pending' ? undefined : report;
    });
  };

  it('sends, asks, and is told that all is kept; the promise stands for 30 days', async () => {
    const { paths, references } = await place.slices('orthanc', 3);
    const ids: unknown[] = [];
    for (const path of paths) ids.push((await http('POST', '/instances', await readFile(path))).ID);
    expect(await http('POST', '/modalities/hub/store', ids as object)).toMatchObject({ FailedInstancesCount: 0 });
    expect(await commit(references)).toMatchObject({ Status: 'Success' });
    const rows = await Promise.all(references.map((each) => place.rowOf(each.sopInstanceUid)));
    const promised = await place.bench.app
      .get<Commitments>(COMMITMENTS, { strict: false })
      .promisedUntil([...rows.map(({ id }) => id), 'unknown']);
    expect([...promised.keys()].sort()).toEqual(rows.map(({ id }) => id).sort());
    const days = (promised.get(rows[0].id)!.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
  });

  it('is told of each failure with its reason', async () => {
    const [kept, cut, gone] = await place.stored('failures', 3);
    const pathOf = async ({ sopInstanceUid }: ReferencedInstance) =>
      join(place.bench.configuration.home, 'objects', (await place.rowOf(sopInstanceUid)).objectKey);
    await truncate(await pathOf(cut), 100);
    await unlink(await pathOf(gone));
    const unknown = { sopClassUid: CT, sopInstanceUid: deriveUid('never sent') };
    const [named] = await place.stored('another class', 1);
    const conflict = { ...named, sopClassUid: sopClassUid('MRImageStorage') };
    const report = await commit([kept, cut, gone, unknown, conflict]);
    expect(report).toMatchObject({ Status: 'Failure' });
    const failures = report.Failures as { SOPInstanceUID: string; FailureReason: number }[];
    expect(Object.fromEntries(failures.map((each) => [each.SOPInstanceUID, each.FailureReason]))).toEqual({
      [cut.sopInstanceUid]: COMMITMENT_FAILURE.processingFailure,
      [gone.sopInstanceUid]: COMMITMENT_FAILURE.noSuchObjectInstance,
      [unknown.sopInstanceUid]: COMMITMENT_FAILURE.noSuchObjectInstance,
      [conflict.sopInstanceUid]: COMMITMENT_FAILURE.classInstanceConflict,
    });
    expect(report.Success).toMatchObject([{ SOPInstanceUID: kept.sopInstanceUid }]);
    expect(
      await place.bench.reads.manager.countBy(CommitmentItemEntity, {
        instanceId: (await place.rowOf(cut.sopInstanceUid)).id,
      }),
    ).toBe(0);
  });
});
