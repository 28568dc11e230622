/**
 * What stands in the header of an object and in no row: names, dates, descriptions. Read from the file when a search shows or
 * compares it, from its first bytes; the latest are remembered in memory, because a worklist asks for the same again.
 */
import { open } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { OBJECT_STORE } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { openPart10 } from '@modelbank/dicom';
import type { ElementName, ReadableDataSet } from '@modelbank/dicom';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';

const READ_BYTES = 64 * 1024;
const MOST_REMEMBERED = 5_000;

/** Text values by keyword; an absent one is an empty list. */
export type HeaderTexts = Readonly<Record<HeaderKeyword, readonly string[]>>;

export const HEADER_KEYWORDS = [
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyDescription',
  'SeriesDescription',
  'PatientName',
  'PatientID',
  'IssuerOfPatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyID',
  'SeriesNumber',
] as const satisfies readonly ElementName[];
export type HeaderKeyword = (typeof HEADER_KEYWORDS)[number];

const NOTHING = Object.fromEntries(HEADER_KEYWORDS.map((keyword) => [keyword, []])) as unknown as HeaderTexts;

@Injectable()
export class ObjectHeaders {
  /** In the order of use. */
  private readonly remembered = new Map<string, HeaderTexts>();

  constructor(
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(LOGGER) private readonly logger: HubLogger,
  ) {}

  /** All empty for an object that cannot be read: one lost file must not hide the others. */
  async textsOf(objectKey: string): Promise<HeaderTexts> {
    const known = this.remembered.get(objectKey);
    const texts = known ?? (await this.read(objectKey));
    this.remembered.delete(objectKey);
    if (texts !== NOTHING) this.remembered.set(objectKey, texts);
    if (this.remembered.size > MOST_REMEMBERED) this.forgetOldest();
    return texts;
  }

  private async read(objectKey: string): Promise<HeaderTexts> {
    try {
      const { dataSet } = openPart10(await firstBytes(this.objects.pathOf(objectKey)));
      return textsOf(dataSet);
    } catch (thrown) {
      this.logger.warn('the header of a stored object could not be read', { stage: 'dicomweb' }, thrown);
      return NOTHING;
    }
  }

  private forgetOldest(): void {
    for (const key of this.remembered.keys()) {
      this.remembered.delete(key);
      return;
    }
  }
}

function textsOf(dataSet: ReadableDataSet): HeaderTexts {
  const entries = HEADER_KEYWORDS.map((keyword) => [keyword, dataSet.texts(keyword).filter((text) => text !== '')]);
  return Object.fromEntries(entries) as HeaderTexts;
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
