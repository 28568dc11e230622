/** What becomes of an instance that was stored: it waits for its series, waits for a person, or no stage needs it. */
import type { InstanceDisposition } from '@modelbank/contracts';
import { sopClassUid, storageSopClassOf } from '@modelbank/dicom';

export interface Disposition {
  readonly disposition: InstanceDisposition;
  readonly code: string | null;
  /** In words, for the journal and the one who looks at what is held. */
  readonly sentence: string;
}

const WAITING: Disposition = { disposition: 'waiting', code: null, sentence: 'it waits for its series' };
const STRUCTURES: Disposition = {
  disposition: 'waiting',
  code: null,
  sentence: 'its contours are looked at when its association has ended',
};
const ENHANCED: Disposition = {
  disposition: 'held',
  code: 'ENHANCED_CT',
  sentence: 'multi-frame CT cannot be assembled yet: send the series as single-frame CT images',
};
const IMAGE_WITHOUT_STAGE: Disposition = {
  disposition: 'notApplicable',
  code: 'MODALITY_NOT_ASSEMBLED',
  sentence: 'images of this class are kept, but not yet assembled into series',
};
const NO_STAGE: Disposition = {
  disposition: 'notApplicable',
  code: 'CLASS_NOT_NEEDED',
  sentence: 'objects of this class are kept; no stage needs them',
};

/** By storage class alone: what a series makes of its instances is assembly's business. */
export function dispositionOf(classUid: string): Disposition {
  if (classUid === sopClassUid('CTImageStorage')) return WAITING;
  if (classUid === sopClassUid('RTStructureSetStorage')) return STRUCTURES;
  const use = storageSopClassOf(classUid)?.use;
  if (use === 'held') return ENHANCED;
  return use === 'image' ? IMAGE_WITHOUT_STAGE : NO_STAGE;
}
