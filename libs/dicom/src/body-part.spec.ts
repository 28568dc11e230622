import { BODY_PART_TABLE, BODY_PARTS, bodyPartOf, bodyPartOfCode } from './body-part';

describe('body parts', () => {
  it.each([
    ['HEAD', 'HEAD'],
    ['Head', 'HEAD'],
    [' BRAIN ', 'HEAD'],
    ['Hoved/hals', 'HEADNECK'],
    ['HEAD_NECK', 'HEADNECK'],
    ['HEAD AND NECK', 'HEADNECK'],
    ['HEADNECK', 'HEADNECK'],
    ['THORAX', 'CHEST'],
    ['CHEST', 'CHEST'],
    ['Lunge', 'CHEST'],
    ['CHEST/ABD/PELVIS', 'CHESTABDPELVIS'],
    ['CHEST_ABDOMEN_PELVIS', 'CHESTABDPELVIS'],
    ['TAP', 'CHESTABDPELVIS'],
    ['ABD PEL', 'ABDOMENPELVIS'],
    ['Thorax og abdomen', 'CHESTABDOMEN'],
    ['BÆKKEN', 'PELVIS'],
    ['PROSTATE', 'PELVIS'],
    ['MAMMA', 'BREAST'],
    ['C-SPINE', 'CSPINE'],
    ['WHOLE BODY', 'WHOLEBODY'],
    ['HEAD-NECK-CHEST', 'HEADNECKCHEST'],
    ['LIVER ABDOMEN', 'ABDOMEN'],
  ])('reads %j as %s', (text, bodyPart) => {
    expect(bodyPartOf(text)).toBe(bodyPart);
  });

  it.each([
    '',
    ' ',
    'HANSEN^PETER',
    '0101011234',
    'HEAD PETER',
    'HEAD PELVIS',
    'constructor',
    '__proto__',
    'X'.repeat(100_000),
  ])('does not know %#', (text) => {
    expect(bodyPartOf(text)).toBeUndefined();
  });

  it.each([
    ['SCT', '69536005', 'HEAD'],
    ['SRT', 'T-D1100', 'HEAD'],
    ['SCT', '774007', 'HEADNECK'],
    ['SRT', 'T-04000', 'BREAST'],
    ['SCT', '416775004', 'CHESTABDPELVIS'],
  ])('knows the code %s %s', (scheme, code, bodyPart) => {
    expect(bodyPartOfCode(scheme, code)).toBe(bodyPart);
  });

  it('does not take a code of another scheme, nor an empty one', () => {
    expect(bodyPartOfCode('99LOCAL', '69536005')).toBeUndefined();
    expect(bodyPartOfCode('SCT', '')).toBeUndefined();
  });

  it('names each region once, each term and each code of one region only', () => {
    expect(BODY_PART_TABLE.map((row) => row.bodyPart)).toEqual([...BODY_PARTS]);
    for (const list of [BODY_PART_TABLE.flatMap((row) => row.terms), BODY_PART_TABLE.flatMap((row) => row.codes)]) {
      expect(list.filter((entry, index) => list.indexOf(entry) !== index)).toEqual([]);
    }
  });
});
