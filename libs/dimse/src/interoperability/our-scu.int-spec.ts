/** Our SCU against dcmtk's storescp and Orthanc, over mutual TLS: what delivery to a centre's PACS or TPS will meet. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sopClassUid } from '@modelbank/dicom';
import { TOOLS, hasTool, startOrthanc, startStorescp, writeSyntheticCt, type ListeningTool } from '@modelbank/testing';
import {
  echoPeer,
  ensurePki,
  openAssociation,
  readStoreOperation,
  sendFiles,
  type AssociationTarget,
  type ClientTls,
  type DevelopmentPki,
} from '../index';

const DATA = process.env.MODELBANK_TEST_DATA ?? join(__dirname, '../../../../../shared/data');
const CT_HEAD = join(DATA, 'ct-head-cranium/CT');
const CT = sopClassUid('CTImageStorage');
if (!existsSync(DATA)) process.stderr.write('skipped in part: no real DICOM data at MODELBANK_TEST_DATA\n');
const itWithData = existsSync(DATA) ? it : it.skip;
const withStorescp = hasTool(TOOLS.storescp) ? describe : describe.skip;
if (!hasTool(TOOLS.storescp)) process.stderr.write('skipped: dcmtk is not installed\n');
if (!hasTool(TOOLS.orthanc)) process.stderr.write('skipped: Orthanc is not installed\n');
const withOrthanc = hasTool(TOOLS.orthanc) ? describe : describe.skip;

let home: string;
let pki: DevelopmentPki;
let clientTls: ClientTls;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'dimse-'));
  pki = await ensurePki(home, ['odense'], new Date());
  const { certPath, keyPath } = pki.hub.client;
  clientTls = {
    ca: await readFile(pki.caPath),
    cert: await readFile(certPath),
    key: await readFile(keyPath),
    pinnedFingerprintSha256: pki.centres.odense.server.fingerprintSha256,
  };
});
afterAll(() => rm(home, { recursive: true }));

const toolTls = () => ({ caPath: pki.caPath, ...pki.centres.odense.server });

withStorescp('our SCU to storescp', () => {
  let folder: string;
  let storescp: ListeningTool;
  const target = (): AssociationTarget => ({
    host: '127.0.0.1',
    port: storescp.port,
    tls: clientTls,
    callingAeTitle: 'MODELBANK',
    calledAeTitle: 'STORESCP',
  });

  async function listen(more: readonly string[] = []): Promise<void> {
    folder = await mkdtemp(join(home, 'received-'));
    storescp = await startStorescp(folder, toolTls(), more);
  }
  afterEach(() => storescp.stop());

  /** The data set of the one file that storescp wrote. */
  async function receivedDataSet(): Promise<Buffer> {
    const [name, ...others] = await readdir(folder);
    expect(others).toEqual([]);
    const bytes = await readFile(join(folder, name));
    const { source } = await readStoreOperation(join(folder, name));
    return bytes.subarray((source as { offset: number }).offset);
  }

  it('echoes', async () => {
    await listen();
    await expect(echoPeer(target())).resolves.toBeUndefined();
  });

  it.each([4096, 16384, 131072])(
    'respects a peer that takes PDUs of %i bytes; the data set is identical',
    async (maximum) => {
      await listen(['--max-pdu', String(maximum)]);
      const ct = await writeSyntheticCt(join(home, `ct-${maximum}.dcm`), `ct ${maximum}`, 700_002);
      const [sent] = await sendFiles(target(), [ct.path]);
      expect(sent.error).toBeUndefined();
      expect(sent.status).toMatchObject({ code: 0, kind: 'success' });
      expect((await receivedDataSet()).equals((await readFile(ct.path)).subarray(ct.dataSetOffset))).toBe(true);
    },
  );

  it.each([
    ['a buffer', (bytes: Buffer) => bytes],
    ['a stream', (bytes: Buffer) => Readable.from([bytes.subarray(0, 70_001), bytes.subarray(70_001)])],
  ])('stores from %s', async (_name, sourceOf) => {
    await listen();
    const ct = await writeSyntheticCt(join(home, 'source.dcm'), 'source', 200_000);
    const operation = await readStoreOperation(ct.path);
    const dataSet = (await readFile(ct.path)).subarray(ct.dataSetOffset);
    const association = await openAssociation({ ...target(), presentationContexts: [operation] });
    const status = await association.store({ ...operation, source: sourceOf(dataSet) });
    await association.release();
    expect(status.kind).toBe('success');
    expect((await receivedDataSet()).equals(dataSet)).toBe(true);
  });

  itWithData('sends a real series, naming the file that is not DICOM', async () => {
    await listen();
    const text = join(home, 'note.txt');
    await writeFile(text, 'not an image');
    const paths = (await readdir(CT_HEAD)).map((name) => join(CT_HEAD, name));
    const seen: number[] = [];
    const sent = await sendFiles(target(), [text, ...paths], ({ done }) => seen.push(done));
    expect(sent.filter(({ error }) => error).map(({ path, error }) => [path, error?.code])).toEqual([
      [text, 'NOT_DICOM'],
    ]);
    expect(sent.filter(({ status }) => status?.kind === 'success')).toHaveLength(paths.length);
    expect(await readdir(folder)).toHaveLength(paths.length);
    expect(seen).toEqual([...sent.keys()].map((index) => index + 1));
  });

  it('says which class a peer does not take, and goes on with the others', async () => {
    await listen();
    const operation = { sopClassUid: CT, transferSyntaxUid: '1.2.840.10008.1.2.1' };
    const foreign = { sopClassUid: '1.2.3.4.5', transferSyntaxUid: '1.2.840.10008.1.2.1' };
    const association = await openAssociation({ ...target(), presentationContexts: [operation, foreign] });
    expect(association.accepts(operation)).toBe(true);
    expect(association.accepts(foreign)).toBe(false);
    await expect(
      association.store({ ...foreign, sopInstanceUid: '1.2.3', source: Buffer.alloc(0) }),
    ).rejects.toMatchObject({
      code: 'SOP_CLASS_NOT_SUPPORTED',
    });
    await association.release();
  });

  it('does not send to a peer whose certificate is not the pinned one', async () => {
    await listen();
    const tls = { ...clientTls, pinnedFingerprintSha256: pki.hub.server.fingerprintSha256 };
    await expect(echoPeer({ ...target(), tls })).rejects.toMatchObject({ code: 'NOT_TRUSTED' });
  });

  it('does not send to a peer of an unknown authority', async () => {
    await listen();
    const other = await mkdtemp(join(home, 'other-'));
    const stranger = await ensurePki(other, [], new Date());
    const tls = { ...clientTls, ca: await readFile(stranger.caPath), pinnedFingerprintSha256: undefined };
    await expect(echoPeer({ ...target(), tls })).rejects.toMatchObject({ code: 'NOT_TRUSTED' });
  });

  it('says so when the peer refuses our certificate', async () => {
    await listen();
    const other = await mkdtemp(join(home, 'stranger-'));
    const stranger = await ensurePki(other, [], new Date());
    const { certPath, keyPath } = stranger.hub.client;
    const tls = { ...clientTls, cert: await readFile(certPath), key: await readFile(keyPath) };
    await expect(echoPeer({ ...target(), tls })).rejects.toMatchObject({ code: 'PEER_REJECTED' });
  });

  it('reports a peer that refuses every association', async () => {
    await listen(['--refuse']);
    const failure = await echoPeer(target()).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'PEER_REJECTED', message: expect.stringContaining('no reason given') });
  });

  it('reports a peer that dies inside an object', async () => {
    await listen(['--abort-during']);
    const ct = await writeSyntheticCt(join(home, 'abort.dcm'), 'abort', 3_000_000);
    const [sent] = await sendFiles(target(), [ct.path]);
    expect(sent.error).toMatchObject({ code: 'PEER_ABORTED', retryable: true });
  });

  it('says so when there is no common TLS', async () => {
    await listen(['+cs', 'TLS_RSA_WITH_AES_128_CBC_SHA', '+pa']);
    await expect(echoPeer({ ...target() })).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
  });

  it.each(['', 'SEVENTEEN LETTERS', 'A\\B'])('does not call itself %j', async (callingAeTitle) => {
    await listen();
    await expect(echoPeer({ ...target(), callingAeTitle })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('reports a port that nobody listens on', async () => {
    await listen();
    await storescp.stop();
    await expect(echoPeer(target())).rejects.toMatchObject({ code: 'PEER_UNREACHABLE', retryable: true });
  });

  it('reports a peer that does not speak TLS', async () => {
    folder = join(home, 'plain');
    await mkdir(folder, { recursive: true });
    storescp = await startStorescp(folder);
    const failure = await echoPeer(target()).catch((error: { code: string }) => error);
    expect(['PROTOCOL_ERROR', 'PEER_ABORTED']).toContain((failure as { code: string }).code);
    await expect(echoPeer({ ...target(), tls: undefined })).resolves.toBeUndefined();
  });
});

withOrthanc('our SCU to Orthanc', () => {
  it('echoes and stores over mutual TLS; Orthanc holds the same bytes', async () => {
    const { tool, httpPort } = await startOrthanc(toolTls());
    try {
      const target = {
        host: '127.0.0.1',
        port: tool.port,
        tls: clientTls,
        callingAeTitle: 'MODELBANK',
        calledAeTitle: 'ORTHANC',
      };
      await echoPeer(target);
      const ct = await writeSyntheticCt(join(home, 'orthanc.dcm'), 'orthanc', 524_288);
      const [sent] = await sendFiles(target, [ct.path]);
      expect(sent.error).toBeUndefined();
      const [id] = (await (await fetch(`http://127.0.0.1:${httpPort}/instances`)).json()) as string[];
      const response = await fetch(`http://127.0.0.1:${httpPort}/instances/${id}/file`);
      const stored = Buffer.from(await response.arrayBuffer());
      const original = (await readFile(ct.path)).subarray(ct.dataSetOffset);
      expect(stored.subarray(-524_288).equals(original.subarray(-524_288))).toBe(true);
      await expect(echoPeer({ ...target, calledAeTitle: 'WRONG' })).rejects.toMatchObject({
        code: 'PEER_REJECTED',
        message: expect.stringContaining('called AE title not recognised'),
      });
    } finally {
      await tool.stop();
    }
  }, 60_000);
});
