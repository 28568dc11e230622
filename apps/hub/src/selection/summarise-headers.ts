/** The headers of all instances of a role as one: what they agree on, and everything that any of them is. */
import { transferSyntaxOf } from '@modelbank/dicom';
import type { InstanceHeader } from '@modelbank/dicom';
import type { ObservedHeaders } from '@modelbank/registry';

/** `headers` has at least one. A value on which the instances differ is not known, save where any one of them decides. */
export function summariseHeaders(headers: readonly InstanceHeader[]): ObservedHeaders {
  const agreed = <K extends keyof InstanceHeader>(key: K): InstanceHeader[K] | undefined => {
    const values = new Set(headers.map((header) => header[key]));
    return values.size === 1 ? headers[0][key] : undefined;
  };
  return {
    sopClassUids: distinct(headers.map(({ sopClassUid }) => sopClassUid)),
    modality: agreed('modality') ?? 'OT',
    imageType: distinct(headers.flatMap(({ imageType }) => imageType)),
    bodyPart: agreed('bodyPart'),
    patientPosition: agreed('patientPosition'),
    contrast: headers.some(({ contrast }) => contrast),
    irreversiblyCompressed: headers.some(isIrreversiblyCompressed),
    convolutionKernel: agreed('convolutionKernel'),
    sliceThicknessMm: thickest(headers),
    sex: agreed('sex'),
    ageYears: agreed('ageYears'),
  };
}

/** JPEG 2000 `.91` and JPEG-LS `.81` may be lossless; nothing that a sender says of it is a proof (PS3.5 A.4). */
function isIrreversiblyCompressed({ lossyCompressed, transferSyntaxUid }: InstanceHeader): boolean {
  return lossyCompressed === true || transferSyntaxOf(transferSyntaxUid)?.lossless === false;
}

function thickest(headers: readonly InstanceHeader[]): number | undefined {
  const known = headers.map(({ sliceThicknessMm }) => sliceThicknessMm).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => Math.max(a, b));
}

/** In order of first appearance: the image type reads as it was sent. */
function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
