/**
 * Refuses an instance for what it claims of its pixels, before anybody allocates by it: a size that no instance may have, and
 * a colour table shorter than its own descriptor (PS3.3 C.7.6.3, C.7.6.3.1.5, C.7.6.3.1.6).
 */
import { DicomError } from './dicom-error';
import type { Keyword } from './dictionary/dictionary';
import { openPart10, type Part10Source } from './open-part10';
import { MAXIMUM_PIXEL_BYTES } from './pixel-description';
import type { ReadableDataSet } from './readable-data-set';

const FACTORS: readonly Keyword[] = ['Rows', 'Columns', 'NumberOfFrames', 'SamplesPerPixel', 'BitsAllocated'];
const COLOURS = ['Red', 'Green', 'Blue'] as const;

/** Throws DATASET_TOO_LARGE or DATASET_MALFORMED. What is missing or unreadable claims nothing. */
export function checkPixelClaims(source: Part10Source): void {
  const { dataSet } = openPart10(source);
  checkSize(dataSet);
  for (const colour of COLOURS) checkTable(dataSet, colour);
}

/** In whole numbers of any length: the product of five attributes passes 2^53. */
function checkSize(dataSet: ReadableDataSet): void {
  if (dataSet.number('Rows') === undefined || dataSet.number('Columns') === undefined) return;
  const bits = FACTORS.map((keyword) => dataSet.number(keyword) ?? 1)
    .filter((factor) => Number.isSafeInteger(factor) && factor > 0)
    .reduce((product, factor) => product * BigInt(factor), 1n);
  if (bits <= MAXIMUM_PIXEL_BYTES * 8n) return;
  throw new DicomError('DATASET_TOO_LARGE', 'the uncompressed pixels would take more than 4 GiB');
}

/** 0 entries means 65536; entries of 8 bits may lie one in each byte. */
function checkTable(dataSet: ReadableDataSet, colour: (typeof COLOURS)[number]): void {
  const [stated, , bits] = dataSet.numbers(`${colour}PaletteColorLookupTableDescriptor`);
  const data = dataSet.bytes(`${colour}PaletteColorLookupTableData`);
  if (stated === undefined || data === undefined) return;
  const entries = stated === 0 ? 65_536 : stated & 0xffff;
  if (data.length >= entries * (bits === 8 ? 1 : 2)) return;
  throw new DicomError('DATASET_MALFORMED', `the ${colour.toLowerCase()} palette is shorter than its descriptor says`);
}
