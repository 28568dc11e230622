/** Storage commitment with real peers: Orthanc as the gateway over TLS in both directions, our own SCU, raw sockets. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMITMENTS, type Commitments } from '@modelbank/contracts';
import { EXPLICIT_VR_LITTLE_ENDIAN, deriveUid, parseUid, sopClassUid } from '@modelbank/dicom';
import {
  COMMITMENT_FAILURE,
  STORAGE_COMMITMENT,
  openAssociation,
  readCommitmentReport,
  readStoreOperation,
  sendFiles,
  writeCommitmentRequest,
  type CommitmentReport,
  type OutgoingAssociation,
  type ReceivedEventReport,
  type ReferencedInstance,
} from '@modelbank/dimse';
import { CommitmentEntity, CommitmentItemEntity, InstanceEntity } from '@modelbank/store';
import { ReportTaker, TOOLS, hasTool, startOrthanc } from '@modelbank/testing';
import { writeSlice } from '../../../../../test/support/ct-slices';
import { IntakeBench } from '../../../../../test/support/intake-bench';

jest.setTimeout(60_000);
const CT = sopClassUid('CTImageStorage');
const COMMIT = { sopClassUid: STORAGE_COMMITMENT.sopClassUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
const withOrthanc = hasTool(TOOLS.orthanc) ? describe : describe.skip;
if (!hasTool(TOOLS.orthanc)) process.stderr.write('skipped: Orthanc is not installed\n');

let bench: IntakeBench;
let folder: string;

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'modelbank-commitment-'));
  await writeFile(join(home, 'modelbank.yaml'), 'commitment: { retryAfterMs: [300], timeoutMs: 5000 }\n');
  folder = await mkdtemp(join(tmpdir(), 'modelbank-slices-'));
  bench = await IntakeBench.open({ home });
  await bench.enrol();
});
afterAll(async () => {
  await bench.dispose();
  await rm(folder, { recursive: true });
});

const setGateway = (body: object, aeTitle = 'CT1') =>
  bench.api('POST', `/centres/odense/calling-aes/${aeTitle}/storage-commitment`, { host: '127.0.0.1', ...body });

async function target(callingAeTitle = 'CT1', centre = 'odense') {
  const { ca, cert, key } = (await bench.socketTls(centre)) as Record<'ca' | 'cert' | 'key', Buffer>;
  const tls = { ca, cert, key };
  return { host: '127.0.0.1', port: bench.dimsePort, tls, callingAeTitle, calledAeTitle: 'MODELBANK' };
}

async function slices(seed: string, count: number) {
  const files = await Promise.all(Array.from({ length: count }, (_, k) => writeSlice(folder, { seed, k, side: 16 })));
  const references = files.map((file) => ({ sopClassUid: CT, sopInstanceUid: parseUid(file.sopInstanceUid) }));
  return { paths: files.map(({ path }) => path), references };
}

async function stored(seed: string, count: number): Promise<ReferencedInstance[]> {
  const { paths, references } = await slices(seed, count);
  const sent = await sendFiles(await target(), paths);
  expect(sent.filter(({ error }) => error)).toEqual([]);
  return references;
}

const rowOf = (sopInstanceUid: string) => bench.reads.manager.findOneByOrFail(InstanceEntity, { sopInstanceUid });
const transaction = (transactionUid: string) =>
  bench.reads.manager.find(CommitmentEntity, { where: { transactionUid }, order: { id: 'ASC' } });

async function until<T>(find: () => Promise<T | undefined>, waitMs = 15_000): Promise<T> {
  for (const deadline = performance.now() + waitMs; performance.now() < deadline;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('what should have happened did not');
}

const reported = (transactionUid: string) =>
  until(async () => (await transaction(transactionUid)).find(({ state }) => state === 'reported'));

/** Asks, and says which status the N-ACTION got. */
async function ask(
  references: readonly ReferencedInstance[],
  transactionUid: string,
  more: { association?: OutgoingAssociation; dataSet?: Buffer; typeId?: number; sopInstanceUid?: string } = {},
): Promise<number> {
  const association =
    more.association ?? (await openAssociation({ ...(await target()), presentationContexts: [COMMIT] }));
  const request = { transactionUid: parseUid(transactionUid), references };
  const status = await association.action({
    ...COMMIT,
    sopInstanceUid: more.sopInstanceUid ?? STORAGE_COMMITMENT.sopInstanceUid,
    typeId: more.typeId ?? STORAGE_COMMITMENT.requestCommitment,
    dataSet: more.dataSet ?? writeCommitmentRequest(request, COMMIT.transferSyntaxUid),
  });
  if (!more.association) await association.release();
  return status;
}

const read = ({ dataSet }: { dataSet: Buffer }): CommitmentReport =>
  readCommitmentReport(dataSet, EXPLICIT_VR_LITTLE_ENDIAN, 20_000);

withOrthanc('Orthanc as the gateway, over TLS both ways', () => {
  let orthanc: Awaited<ReturnType<typeof startOrthanc>>;

  /** Orthanc shows one certificate as client and as server. */
  async function gatewayCertificate() {
    const paths = (name: string) => join(folder, name);
    const pki = join(bench.configuration.home, 'pki');
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
    expect((await bench.api('POST', '/centres/odense/certificates', { pem })).status).toBe(201);
    return { caPath: bench.pki.caPath, certPath: paths('gw.crt'), keyPath: paths('gw.key') };
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
      ...{ AET: 'MODELBANK', Host: '127.0.0.1', Port: bench.dimsePort, UseDicomTls: true },
      ...{ AllowStorageCommitment: true, AllowEcho: true },
    };
    orthanc = await startOrthanc(await gatewayCertificate(), { DicomAet: 'GATEWAY', DicomModalities: { hub } });
    await bench.api('POST', '/centres/odense/calling-aes', { aeTitle: 'GATEWAY' });
    expect((await setGateway({ port: orthanc.tool.port }, 'GATEWAY')).status).toBe(200);
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
    const { paths, references } = await slices('orthanc', 3);
    const ids: unknown[] = [];
    for (const path of paths) ids.push((await http('POST', '/instances', await readFile(path))).ID);
    expect(await http('POST', '/modalities/hub/store', ids as object)).toMatchObject({ FailedInstancesCount: 0 });
    expect(await commit(references)).toMatchObject({ Status: 'Success' });
    const rows = await Promise.all(references.map((each) => rowOf(each.sopInstanceUid)));
    const promised = await bench.app
      .get<Commitments>(COMMITMENTS, { strict: false })
      .promisedUntil([...rows.map(({ id }) => id), 'unknown']);
    expect([...promised.keys()].sort()).toEqual(rows.map(({ id }) => id).sort());
    const days = (promised.get(rows[0].id)!.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
  });

  it('is told of each failure with its reason', async () => {
    const [kept, cut, gone] = await stored('failures', 3);
    const pathOf = async ({ sopInstanceUid }: ReferencedInstance) =>
      join(bench.configuration.home, 'objects', (await rowOf(sopInstanceUid)).objectKey);
    await truncate(await pathOf(cut), 100);
    await unlink(await pathOf(gone));
    const unknown = { sopClassUid: CT, sopInstanceUid: deriveUid('never sent') };
    const [named] = await stored('another class', 1);
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
      await bench.reads.manager.countBy(CommitmentItemEntity, { instanceId: (await rowOf(cut.sopInstanceUid)).id }),
    ).toBe(0);
  });
});

describe('who may ask', () => {
  const accepts = async (callingAeTitle: string, centre: string) => {
    const contexts = [COMMIT, { sopClassUid: CT, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }];
    const association = await openAssociation({
      ...(await target(callingAeTitle, centre)),
      presentationContexts: contexts,
    });
    const answers = contexts.map((context) => association.accepts(context));
    await association.release();
    return answers;
  };

  it('a calling AE that is a gateway, from then on, and as long as it is one', async () => {
    expect(await accepts('CT1', 'odense')).toEqual([false, true]);
    await setGateway({ port: 1, tls: true });
    expect(await accepts('CT1', 'odense')).toEqual([true, true]);
    expect(await accepts('CT2', 'aarhus')).toEqual([false, true]);
    expect((await bench.api('DELETE', '/centres/odense/calling-aes/CT1/storage-commitment')).status).toBe(204);
    expect(await accepts('CT1', 'odense')).toEqual([false, true]);
  });

  it.each([
    ["another centre's calling AE", 'CT2', { port: 104 }, 404],
    ['an address without TLS that is not on loopback', 'CT1', { host: '10.0.0.1', port: 104, tls: false }, 400],
    ['no port', 'CT1', {}, 400],
  ])('%s cannot be made a gateway', async (_what, aeTitle, body, status) => {
    expect((await setGateway(body, aeTitle)).status).toBe(status);
  });
});

describe('a gateway of ours', () => {
  let taker: ReportTaker;

  beforeAll(async () => {
    taker = await ReportTaker.listen();
    expect((await setGateway({ port: taker.port, tls: false })).status).toBe(200);
  });
  afterAll(() => taker.close());
  beforeEach(() => (taker.reports.length = 0));

  it('gets the report on its own association while that is open, and nothing on a new one', async () => {
    const references = await stored('same association', 2);
    const reports: ReceivedEventReport[] = [];
    const association = await openAssociation({
      ...(await target()),
      presentationContexts: [COMMIT],
      onEventReport: (report) => {
        reports.push(report);
        return 0;
      },
    });
    const transactionUid = deriveUid('same association');
    expect(await ask(references, transactionUid, { association })).toBe(0);
    await reported(transactionUid);
    expect(reports).toMatchObject([{ eventTypeId: 1, sopInstanceUid: STORAGE_COMMITMENT.sopInstanceUid }]);
    expect(read(reports[0])).toEqual({ transactionUid, committed: references, failed: [] });
    await association.release();
    expect(taker.reports).toEqual([]);
  });

  it('gets it on a new association once its own is over', async () => {
    const references = await stored('new association', 2);
    const transactionUid = deriveUid('new association');
    expect(await ask(references, transactionUid)).toBe(0);
    await reported(transactionUid);
    expect(taker.reports).toHaveLength(1);
    expect(read(taker.reports[0])).toEqual({ transactionUid, committed: references, failed: [] });
    const kinds = ['commitment.requested', 'commitment.decided', 'commitment.reported'];
    const [{ id }] = await transaction(transactionUid);
    for (const kind of kinds)
      expect((await bench.journal(kind)).filter((each) => each.subjectId === id)).toHaveLength(1);
  });

  it('that asks the same again is told the same again; another list under the same UID fails with 0x0131', async () => {
    const references = await stored('twice', 2);
    const transactionUid = deriveUid('twice');
    await ask(references, transactionUid);
    await reported(transactionUid);
    expect(await ask([...references].reverse(), transactionUid)).toBe(0);
    await until(async () => (taker.reports.length === 2 ? true : undefined));
    expect(taker.reports[1]).toEqual(taker.reports[0]);
    expect(await ask(references.slice(1), transactionUid)).toBe(0);
    await until(async () => (taker.reports.length === 3 ? true : undefined));
    expect(taker.reports[2].eventTypeId).toBe(2);
    expect(read(taker.reports[2]).failed).toEqual([{ ...references[1], failureReason: 0x0131 }]);
    expect(await transaction(transactionUid)).toHaveLength(2);
  });

  it('that is away is tried again until it is there, and the decision is made once', async () => {
    const references = await stored('away', 1);
    const { port } = taker;
    await taker.close();
    const transactionUid = deriveUid('away');
    await ask(references, transactionUid);
    const failing = await until(async () =>
      (await transaction(transactionUid)).find(({ lastError, attempts }) => lastError !== null && attempts > 1),
    );
    expect(failing).toMatchObject({ state: 'decided', stateCode: 'PEER_UNREACHABLE' });
    taker = await ReportTaker.listen({}, port);
    await reported(transactionUid);
    expect(taker.reports).toHaveLength(1);
    const decided = (await bench.journal('commitment.decided')).filter((each) => each.subjectId === failing.id);
    expect(decided).toHaveLength(1);
  });

  it('that refuses the report for good is parked and journalled, and a person may have it tried again', async () => {
    const { port } = taker;
    await taker.close();
    taker = await ReportTaker.listen({ statusOf: (index) => (index === 0 ? 0x0113 : 0) }, port);
    const transactionUid = deriveUid('parked');
    await ask(await stored('parked', 1), transactionUid);
    const parked = await until(async () => (await transaction(transactionUid)).find(({ state }) => state === 'parked'));
    expect((await bench.journal('commitment.parked')).at(-1)).toMatchObject({ subjectId: parked.id });
    const listed = await bench.api('GET', '/commitments?state=parked');
    expect(listed.body).toMatchObject([{ id: parked.id, requested: 1, failed: 0 }]);
    expect((await bench.api('POST', `/commitments/${parked.id}/retry`)).status).toBe(202);
    await reported(transactionUid);
    expect(taker.reports).toHaveLength(2);
  });

  it('that does not accept us as SCP gets no report until it does', async () => {
    const { port } = taker;
    await taker.close();
    taker = await ReportTaker.listen({ acceptsRole: false }, port);
    const transactionUid = deriveUid('role');
    await ask(await stored('role', 1), transactionUid);
    await until(async () => (await transaction(transactionUid)).find(({ stateCode }) => stateCode !== null));
    expect((await transaction(transactionUid))[0]).toMatchObject({ stateCode: 'SOP_CLASS_NOT_SUPPORTED' });
    expect(taker.reports).toEqual([]);
    await taker.close();
    taker = await ReportTaker.listen({}, port);
    await reported(transactionUid);
  });

  const many = (count: number): ReferencedInstance[] =>
    Array.from({ length: count }, (_, index) => ({ sopClassUid: CT, sopInstanceUid: parseUid(`1.2.3.${index}`) }));

  it('may name 20 000 instances, and no more', async () => {
    const transactionUid = deriveUid('many');
    expect(await ask(many(20_000), transactionUid)).toBe(0);
    await reported(transactionUid);
    expect(read(taker.reports[0]).failed).toHaveLength(20_000);
    expect(await ask(many(20_001), deriveUid('too many'))).toBe(0x0213);
    expect(await transaction(deriveUid('too many'))).toEqual([]);
  });

  it.each([
    ['another instance than the well-known one', { sopInstanceUid: '1.2.3' }, 0x0112],
    ['another action', { typeId: 2 }, 0x0123],
    ['no DICOM', { dataSet: Buffer.from('Dear hub, please keep all my images.') }, 0x0115],
    [
      'no references',
      { dataSet: writeCommitmentRequest({ transactionUid: deriveUid('x'), references: [] }, COMMIT.transferSyntaxUid) },
      0x0115,
    ],
    ['B16 a list of a million', { dataSet: Buffer.alloc(150_000_000) }, 0x0213],
  ])('that asks with %s gets its status, and the association goes on', async (_what, more, status) => {
    const association = await openAssociation({ ...(await target()), presentationContexts: [COMMIT] });
    expect(await ask(many(1), deriveUid('refused'), { ...more, association })).toBe(status);
    expect(await ask(many(1), deriveUid('refused'), { typeId: 9, association })).toBe(0x0123);
    await association.release();
    expect(await transaction(deriveUid('refused'))).toEqual([]);
  });

  it('cannot store on the context of the commitment', async () => {
    const { paths } = await slices('wrong context', 1);
    const operation = await readStoreOperation(paths[0]);
    const association = await openAssociation({ ...(await target()), presentationContexts: [COMMIT] });
    expect(await association.store({ ...operation, ...COMMIT })).toMatchObject({ code: 0x0122 });
    await association.release();
  });
});
