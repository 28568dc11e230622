/** Keys of centres are made once and kept private; keyed digests tell patients apart and nothing else. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CentreSecrets, patientKey } from './secrets';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'modelbank-secrets-')), 'secrets');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

describe('the key of a centre', () => {
  it('is made once, whoever asks first, and is readable by its owner only', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => new CentreSecrets(folder).keyOf('odense')));
    expect(new Set(asked.map((key) => key.toString('hex'))).size).toBe(1);
    expect(asked[0]).toHaveLength(32);
    expect(statSync(join(folder, 'odense.key')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(['odense.key']);
  });

  it('differs between centres', async () => {
    const secrets = new CentreSecrets(folder);
    expect((await secrets.keyOf('odense')).equals(await secrets.keyOf('aarhus'))).toBe(false);
  });

  it.each(['../odense', '', 'Odense', 'a/b', '.'])('is refused for the id %p', async (centreId) => {
    await expect(new CentreSecrets(folder).keyOf(centreId)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('of the wrong length is refused, and read again once it is right', async () => {
    const secrets = new CentreSecrets(folder);
    await secrets.keyOf('aarhus');
    writeFileSync(join(folder, 'odense.key'), 'short');
    await expect(secrets.keyOf('odense')).rejects.toMatchObject({ code: 'OBJECT_CORRUPT' });
    writeFileSync(join(folder, 'odense.key'), Buffer.alloc(32, 7));
    expect(await secrets.keyOf('odense')).toEqual(Buffer.alloc(32, 7));
  });
});

describe('the keyed digest of a patient', () => {
  const key = Buffer.alloc(32, 1);

  it('is the same for the same patient, without the padding of DICOM', () => {
    expect(patientKey(key, 'DK', '0102031234')).toMatch(/^[0-9a-f]{64}$/);
    expect(patientKey(key, ' DK ', '0102031234 ')).toBe(patientKey(key, 'DK', '0102031234'));
  });

  it.each([
    ['another key', patientKey(Buffer.alloc(32, 2), 'DK', '1')],
    ['another issuer', patientKey(key, 'SE', '1')],
    ['another id', patientKey(key, 'DK', '2')],
    ['a shifted border', patientKey(key, 'D', 'K1')],
  ])('differs for %s', (_, other) => {
    expect(other).not.toBe(patientKey(key, 'DK', '1'));
  });
});
