/** dcmtk's senders against our SCP, over mutual TLS with our certificates: what the hospitals' tools will do. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitPart10 } from '@modelbank/dicom';
import { CollectingScp, TOOLS, hasTool, runEchoscu, runStorescu, writeSyntheticCt } from '@modelbank/testing';
import { ensurePki, type DevelopmentPki } from '../index';

const DATA = process.env.MODELBANK_TEST_DATA ?? join(__dirname, '../../../../../shared/data');
const CT_HEAD = join(DATA, 'ct-head-cranium/CT');
const SYNTAXES = join(DATA, 'ct-syntaxes-wg04');
const withTools = hasTool(TOOLS.storescu) ? describe : describe.skip;
if (!hasTool(TOOLS.storescu)) process.stderr.write('skipped: dcmtk is not installed\n');
if (!existsSync(DATA)) process.stderr.write('skipped in part: no real DICOM data at MODELBANK_TEST_DATA\n');
const itWithData = existsSync(DATA) ? it : it.skip;

withTools('dcmtk as SCU', () => {
  let home: string;
  let pki: DevelopmentPki;
  let scp: CollectingScp;
  const target = (more: object = {}) => ({
    port: scp.port,
    callingAeTitle: 'ODENSE_CT',
    calledAeTitle: 'MODELBANK',
    tls: { caPath: pki.caPath, ...pki.centres.odense.client },
    ...more,
  });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'dimse-'));
    pki = await ensurePki(home, ['odense'], new Date());
  });
  afterAll(() => rm(home, { recursive: true }));
  beforeEach(async () => {
    scp = await CollectingScp.start({ tls: { caPath: pki.caPath, server: pki.hub.server } });
  });
  afterEach(() => scp.server.close(0));

  it('echoes over mutual TLS and sees the certificate of the centre', async () => {
    const { exitCode, output } = await runEchoscu(target());
    expect(output).toContain('Received Echo Response (Success)');
    expect(exitCode).toBe(0);
    expect(scp.peers.map(({ x509, ...peer }) => ({ ...peer, subject: x509?.subject }))).toEqual([
      {
        subject: 'CN=odense\nO=Modelbank development',
        callingAeTitle: 'ODENSE_CT',
        calledAeTitle: 'MODELBANK',
        remoteAddress: '127.0.0.1',
        fingerprintSha256: pki.centres.odense.client.fingerprintSha256,
        serialNumber: pki.centres.odense.client.serialNumber,
      },
    ]);
    expect(scp.ends).toEqual(['released']);
    expect(scp.incidents).toEqual([]);
  });

  itWithData('receives a real CT series byte for byte', async () => {
    const { exitCode, output } = await runStorescu(target(), ['+sd', CT_HEAD]);
    expect(output).not.toContain('E:');
    expect(exitCode).toBe(0);
    const files = await readdir(CT_HEAD);
    expect(scp.instances).toHaveLength(files.length);
    const sent = new Map<string, Buffer>();
    for (const file of files) {
      const bytes = await readFile(join(CT_HEAD, file));
      const { meta, dataSetOffset } = splitPart10(bytes);
      sent.set(meta.sopInstanceUid ?? '', bytes.subarray(dataSetOffset));
    }
    for (const { request, dataSet } of scp.instances) {
      expect(sent.get(request.sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
  });

  itWithData.each(['CT1_J2KR.dcm', 'CT1_JLSL.dcm', 'CT1_JPLL.dcm', 'CT1_RLE.dcm', 'CT1_UNC.dcm'])(
    'keeps the transfer syntax that the sender prefers: %s',
    async (name) => {
      const path = join(SYNTAXES, name);
      const { meta } = splitPart10(await readFile(path));
      const option = { J2KR: '-xv', JLSL: '-xt', JPLL: '-xs', RLE: '-xr', UNC: '-xe' }[name.slice(4, -4)]!;
      const { output } = await runStorescu(target(), [option, path]);
      expect(output).toContain('Received Store Response (Success)');
      expect(scp.instances[0].request.transferSyntaxUid).toBe(meta.transferSyntaxUid);
    },
  );

  it.each([4096, 16384, 131072])('takes PDUs of at most %i bytes', async (maximum) => {
    const ct = await writeSyntheticCt(join(home, `pdu-${maximum}.dcm`), `pdu ${maximum}`, 600_000);
    const { output } = await runStorescu(target(), ['--max-send-pdu', String(maximum), ct.path]);
    expect(output).toContain('Received Store Response (Success)');
    expect(scp.instances[0].dataSet.equals((await readFile(ct.path)).subarray(ct.dataSetOffset))).toBe(true);
  });

  it('passes a failure status on to the sender', async () => {
    await scp.server.close(0);
    scp = await CollectingScp.start({
      tls: { caPath: pki.caPath, server: pki.hub.server },
      finish: async () => 0xa700,
    });
    const ct = await writeSyntheticCt(join(home, 'refused.dcm'), 'refused', 10_000);
    const { output } = await runStorescu(target(), [ct.path]);
    expect(output).toMatch(/0xa700|Refused: OutOfResources/i);
  });
});
