import * as fc from 'fast-check';
import { HubError } from '@modelbank/contracts';
import { parseAccept, preferredOffer } from './accept';
import { fileOffers, frameOffers, PICTURE_OFFERS } from './offers';

const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG_LS = '1.2.840.10008.1.2.4.80';

/** What is chosen, as `multipart type as`. */
function frameChoice(accept: string | undefined, stored: string, singlePart = true): string | undefined {
  const offer = preferredOffer(parseAccept(accept), frameOffers(stored, singlePart));
  return offer && `${offer.multipart ? 'multipart ' : ''}${offer.type} ${offer.as}`;
}

describe('frames', () => {
  it.each<[string | undefined, string, string | undefined]>([
    [undefined, JPEG_LS, 'multipart application/octet-stream native'],
    ['*/*', JPEG_LS, 'multipart application/octet-stream native'],
    ['application/octet-stream', JPEG_LS, 'application/octet-stream native'],
    ['multipart/related; type="application/octet-stream"', JPEG_LS, 'multipart application/octet-stream native'],
    // cornerstone, the viewer's loader, without quotes
    [
      'multipart/related; type=application/octet-stream; transfer-syntax=*',
      JPEG_LS,
      'multipart application/octet-stream stored',
    ],
    [
      'multipart/related; type=application/octet-stream; transfer-syntax=*',
      EXPLICIT,
      'multipart application/octet-stream native',
    ],
    [
      `multipart/related; type="application/octet-stream"; transfer-syntax=${JPEG_LS}`,
      JPEG_LS,
      'multipart application/octet-stream stored',
    ],
    ['multipart/related; type="image/jls"', JPEG_LS, 'multipart image/jls stored'],
    [
      `multipart/related; type="image/jls"; transfer-syntax=${JPEG_LS}, multipart/related; type="application/octet-stream"; q=0.5`,
      JPEG_LS,
      'multipart image/jls stored',
    ],
    [
      'multipart/related; type="image/jls"; q=0.2, multipart/related; type="application/octet-stream"; q=0.5',
      JPEG_LS,
      'multipart application/octet-stream native',
    ],
    ['multipart/related; type="image/jls"', EXPLICIT, undefined],
    ['multipart/related; type="image/jp2"', JPEG_LS, undefined],
    ['image/jls', JPEG_LS, 'image/jls stored'],
    ['multipart/related; type="application/octet-stream"; q=0, */*; q=0.1', JPEG_LS, 'application/octet-stream native'],
    ['text/plain', JPEG_LS, undefined],
  ])('Accept: %s, stored as %s: %s', (accept, stored, choice) => {
    expect(frameChoice(accept, stored)).toBe(choice);
  });

  it('several have no form without parts', () => {
    expect(frameChoice('application/octet-stream', EXPLICIT, false)).toBeUndefined();
  });
});

describe('files', () => {
  it.each<[string | undefined, string[], string | undefined]>([
    [undefined, [JPEG_LS], 'stored'],
    ['multipart/related; type="application/dicom"', [JPEG_LS], 'explicit'],
    ['multipart/related; type="application/dicom"', [EXPLICIT], 'stored'],
    ['multipart/related; type="application/dicom"; transfer-syntax=*', [JPEG_LS, EXPLICIT], 'stored'],
    [`multipart/related; type="application/dicom"; transfer-syntax=${JPEG_LS}`, [JPEG_LS], 'stored'],
    [`multipart/related; type="application/dicom"; transfer-syntax=${JPEG_LS}`, [JPEG_LS, EXPLICIT], undefined],
    [`multipart/related; type="application/dicom"; transfer-syntax=${EXPLICIT}`, [JPEG_LS, EXPLICIT], 'explicit'],
    ['application/dicom', [JPEG_LS], undefined],
  ])('Accept: %s, stored as %s: %s', (accept, stored, as) => {
    expect(preferredOffer(parseAccept(accept), fileOffers(stored, false))?.as).toBe(as);
  });
});

describe('pictures', () => {
  it.each([
    ['*/*', 'image/jpeg'],
    ['image/*', 'image/jpeg'],
    ['image/png, image/jpeg;q=0.9', 'image/png'],
    ['image/jpeg;q=0, */*', 'image/png'],
    ['image/avif,image/webp,image/apng,image/*,*/*;q=0.8', 'image/jpeg'],
  ])('Accept: %s: %s', (accept, type) => {
    expect(preferredOffer(parseAccept(accept), PICTURE_OFFERS)?.type).toBe(type);
  });
});

describe('the Accept header', () => {
  it.each(['a'.repeat(5000), Array(40).fill('image/png').join(','), 'image/png;q=1.5', 'image/png;q=x'])(
    'is refused when it cannot be read (%#)',
    (text) => expect(() => parseAccept(text)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' })),
  );

  it('never breaks on what a client writes', () => {
    const characters = fc.constantFrom(
      'a',
      '/',
      '*',
      ';',
      ',',
      '"',
      '=',
      'q',
      '0',
      '.',
      ' ',
      'type',
      'multipart/related',
    );
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 60 }), (parts) => {
        try {
          preferredOffer(parseAccept(parts.join('')), frameOffers(JPEG_LS, true));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HubError);
        }
      }),
    );
  });
});
