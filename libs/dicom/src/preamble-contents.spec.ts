import { programInPreamble } from './preamble-contents';

const fileWith = (start: string) => Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(128)]);

describe('the preamble of a file', () => {
  it.each([
    ['MZ\x90\0', 'a Windows program'],
    ['\x7fELF\x02', 'an ELF program'],
    ['#!/bin/sh\n', 'a script'],
    ['\xcf\xfa\xed\xfe', 'a Mach-O program'],
    ['\xca\xfe\xba\xbe', 'a Mach-O program or Java class'],
    ['%PDF-1.7', 'a PDF document'],
    ['PK\x03\x04', 'a ZIP archive'],
    ['\0\0 \n<HTML>', 'a web page'],
    ['<!DOCTYPE html>', 'a web page'],
  ])('that begins with %j is %s', (start, kind) => {
    expect(programInPreamble(fileWith(start))).toBe(kind);
  });

  it.each([
    ['nothing', ''],
    ['little endian TIFF', 'II*\0'],
    ['big endian TIFF', 'MM\0*'],
    ['text', 'hello'],
  ])('may hold %s', (_what, start) => {
    expect(programInPreamble(fileWith(start))).toBeUndefined();
  });

  it('is not looked for beyond 128 bytes', () => {
    expect(programInPreamble(Buffer.concat([Buffer.alloc(128), Buffer.from('<html>')]))).toBeUndefined();
  });
});
