/** A chest CT as selection observes it, for the tests of ranking and resolution. */
import type { ObservedHeaders, ObservedRole } from '../applicability/observed';

export function exampleSeries(
  headers: Partial<ObservedHeaders> = {},
  slices = 100,
  descriptions: string[] = [],
): ObservedRole {
  return {
    headers: {
      sopClassUids: ['1.2.840.10008.5.1.4.1.1.2'],
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      contrast: false,
      irreversiblyCompressed: false,
      ...headers,
    },
    grid: {
      slices,
      sliceSpacingMm: { min: 3, max: 3 },
      pixelSpacingMm: { min: 1, max: 1 },
      extentMm: { leftRight: 500, anteriorPosterior: 500, craniocaudal: 3 * slices },
      orientation: 'axial',
    },
    descriptions,
  };
}
