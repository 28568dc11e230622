/** A value that is there and cannot be used is left out of the header, and said by name. */
import { file, identity, raw } from '../test-support/raw-bytes';
import { readInstanceHeader } from './read-instance-header';

describe('the header of an instance', () => {
  it.each<[string, Buffer, string[] | undefined]>([
    ['a spacing of zero', raw(0x00280030, 'DS', '0\\0 '), ['PixelSpacing']],
    ['a negative spacing', raw(0x00280030, 'DS', '-1\\1'), ['PixelSpacing']],
    ['one spacing', raw(0x00280030, 'DS', '1 '), ['PixelSpacing']],
    ['an infinite position', raw(0x00200032, 'DS', '0\\0\\1e999999'), ['ImagePositionPatient']],
    ['a direction longer than one', raw(0x00200037, 'DS', '2\\0\\0\\0\\1\\0 '), ['ImageOrientationPatient']],
    ['a slope of zero', raw(0x00281053, 'DS', '0 '), ['RescaleSlope']],
    ['a slope that is no number', raw(0x00281053, 'DS', 'NaN '), ['RescaleSlope']],
    ['an endless intercept', raw(0x00281052, 'DS', '1e999999'), ['RescaleIntercept']],
    ['a number that no IS holds', raw(0x00200013, 'IS', '99999999999 '), ['InstanceNumber']],
    ['the 31st of February', raw(0x00080020, 'DA', '20260231'), ['StudyDate']],
    ['rows of 32 bits', raw(0x00280010, 'UL', Buffer.alloc(4, 0xff)), ['Rows']],
    ['no value', raw(0x00281053, 'DS', ''), undefined],
    ['a usual slope', raw(0x00281053, 'DS', '1 '), undefined],
    ['the 29th of February', raw(0x00080020, 'DA', '20240229'), undefined],
  ])('says by name what it left out: %s', (_, value, unusable) => {
    const header = readInstanceHeader(file(Buffer.concat([identity(), value])));
    expect(header.unusable).toEqual(unusable);
  });

  it('reads no age from dates that are none', () => {
    const dates = [raw(0x00080020, 'DA', '20260231'), raw(0x00100030, 'DA', '19600101')];
    expect(readInstanceHeader(file(Buffer.concat([identity(), ...dates]))).ageYears).toBeUndefined();
  });
});
