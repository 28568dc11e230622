/** What can be given of a stored instance: its file, its frames and its pictures, by media type (PS3.18 tables 8.7.3-2 to -5, 8.7.4-1). */
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntaxOf } from '@modelbank/dicom';
import type { PixelCodec } from '@modelbank/dicom';
import type { Offer } from './accept';

export interface FileOffer extends Offer {
  readonly as: 'stored' | 'explicit';
}

/**
 * As stored costs nothing, so it goes first where both are as welcome; a range without a transfer syntax means Explicit VR LE. Instances
 * of several transfer syntaxes are given as stored only to clients that take any.
 */
export function fileOffers(transferSyntaxUids: readonly string[], singlePart: boolean): readonly FileOffer[] {
  const [first, ...others] = new Set(transferSyntaxUids);
  const transferSyntaxUid = others.length === 0 ? first : undefined;
  const type = 'application/dicom';
  const forms = singlePart ? [true, false] : [true];
  return forms.flatMap((multipart): FileOffer[] => [
    { multipart, type, transferSyntaxUid, isDefault: transferSyntaxUid === EXPLICIT_VR_LITTLE_ENDIAN, as: 'stored' },
    {
      ...{ multipart, type, isDefault: true, onlyByName: true, as: 'explicit' },
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    },
  ]);
}

export interface FrameOffer extends Offer {
  readonly as: 'stored' | 'native';
}

const IMAGE_TYPE: Readonly<Record<PixelCodec, string | undefined>> = {
  none: undefined,
  rle: 'image/dicom-rle',
  jpeg: 'image/jpeg',
  jpegLossless: 'image/jpeg',
  jpegLs: 'image/jls',
  jpeg2000: 'image/jp2',
};

/**
 * Compressed frames as they are, under their own media type or, for clients that name the transfer syntax or take any (OHIF), as octets;
 * decoded ones as octets, which is the default.
 */
export function frameOffers(storedUid: string, singlePart: boolean): readonly FrameOffer[] {
  const imageType = IMAGE_TYPE[transferSyntaxOf(storedUid)?.codec ?? 'none'];
  const forms = singlePart ? [true, false] : [true];
  return forms.flatMap((multipart): FrameOffer[] => {
    const stored = { multipart, transferSyntaxUid: storedUid, onlyByName: true, as: 'stored' } as const;
    const native: FrameOffer = {
      multipart,
      type: OCTETS,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
      isDefault: true,
      as: 'native',
    };
    if (imageType === undefined) return [native];
    return [{ ...stored, type: OCTETS, isDefault: false }, { ...stored, type: imageType, isDefault: true }, native];
  });
}

export const OCTETS = 'application/octet-stream';

/** JPEG is the default of rendered images (PS3.18 8.7.4). */
export const PICTURE_OFFERS = (['image/jpeg', 'image/png'] as const).map((type) => ({
  type,
  multipart: false,
  isDefault: true,
}));

export const METADATA_OFFERS = ['application/dicom+json', 'application/json'].map((type) => ({
  type,
  multipart: false,
  isDefault: true,
}));

/** Values of one element: as a body, unless only parts are accepted. */
export const BULK_OFFERS: readonly Offer[] = [false, true].map((multipart) => ({
  multipart,
  type: OCTETS,
  transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  isDefault: true,
}));
