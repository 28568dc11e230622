/**
 * The criterion that every model has without declaring it: what it sees are sections of the patient, not a localizer, a
 * reformat, a projection or another image made from images (ImageType, PS3.3 C.7.6.1.1.2 and C.8.2.1.1.1).
 */
import type { Judgement } from './compare';
import type { ObservedHeaders } from './observed';

const NEVER = ['LOCALIZER', 'MPR', 'MIP', 'MINIP', 'REFORMATTED', 'PROJECTION IMAGE', 'SCREEN SAVE'];
const MADE_FROM_IMAGES = ['DERIVED', 'SECONDARY'];

export function judgeOriginalImages(headers: ObservedHeaders, acceptsDerived: boolean | undefined): Judgement {
  const required =
    acceptsDerived === true
      ? 'no localizer, reformat or projection'
      : 'no localizer, reformat, projection or derived image';
  const words = headers.imageType.map((word) => word.toUpperCase());
  const refused = acceptsDerived === true ? NEVER : [...NEVER, ...refusedWhenMadeFromImages(headers)];
  const met = !words.some((word) => refused.includes(word));
  const observed = words.length === 0 ? 'no image type' : words.join(', ');
  return { required, observed, outcome: met ? 'met' : 'notMet' };
}

/** A mammogram for presentation is DERIVED from the one for processing (PS3.3 C.8.11.7.1.4), and still the examination. */
function refusedWhenMadeFromImages({ modality }: ObservedHeaders): readonly string[] {
  return modality === 'MG' ? ['SECONDARY'] : MADE_FROM_IMAGES;
}
