/**
 * What becomes of every file of the shared folder of malformed files, and why that is right. dcmdump 3.6.7 and pydicom 2.3.1 were
 * asked about each. A change of this table is a decision.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attacker } from '../support/attacker';
import { sendFile } from '../support/send-file';
import type { Announcement } from '../support/send-file';
import { MALFORMED, MISMATCH, TRUNCATED, UID_INVALID } from '../support/store-rows';
import type { ExpectedAudit, TortureRow } from '../support/torture-row';

interface Verdict {
  readonly seen: string;
  readonly audit?: ExpectedAudit;
}

const KEPT: Verdict = { seen: '0x0000' };
const CUT: Verdict = { seen: '0xC000', audit: TRUNCATED };
const BROKEN: Verdict = { seen: '0xC000', audit: MALFORMED };
const NOT_ANNOUNCED: Verdict = { seen: '0xA900', audit: MISMATCH };
const NO_UID: Verdict = { seen: '0xA900', audit: UID_INVALID };
const NOT_OFFERED: Verdict = { seen: 'context 4' };

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const RT_ION_PLAN: Announcement = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.481.8',
  sopInstanceUid: '1.2.333.4444.5.6.7.8',
};
const SOUND_TEXT = 'sound; its text is kept as bytes and decoded when it is shown';
const NO_CLASS = 'a fragment of a data set: no SOP class, no UIDs';

/** File, verdict, why, and what it is announced as where its meta information does not say it. */
const FILES: readonly (readonly [string, Verdict, string, Announcement?])[] = [
  ['pydicom/ExplVR_BigEnd.dcm', KEPT, 'sound, in an encoding that is retired but accepted'],
  ['pydicom/ExplVR_BigEndNoMeta.dcm', CUT, 'its encoding is nowhere stated; read as little endian its lengths are absurd'],
  ['pydicom/ExplVR_BigEndNoMeta.dcm', KEPT, 'announced as what it is, it is sound', { ...RT_ION_PLAN, transferSyntaxUid: BIG_ENDIAN }],
  ['pydicom/ExplVR_LitEndNoMeta.dcm', NOT_ANNOUNCED, 'a plan that is announced as CT'],
  ['pydicom/ExplVR_LitEndNoMeta.dcm', { seen: '0x0000' }, 'announced as what it is, it is sound', RT_ION_PLAN],
  ['pydicom/J2K_pixelrep_mismatch.dcm', KEPT, 'the header and the codestream disagree about the sign: a matter of decoding'],
  ['pydicom/JPEG2000-embedded-sequence-delimiter.dcm', KEPT, 'a fragment may hold the bytes of a delimiter: its length counts'],
  ['pydicom/JPGExtended.dcm', KEPT, 'sound'],
  ['pydicom/MR_small_padded.dcm', KEPT, 'bytes behind the pixels are padding of the element, of even length'],
  ['pydicom/MR_truncated.dcm', CUT, 'pixel data states 8192 bytes and has fewer: dcmdump and pydicom miss them too'],
  ['pydicom/SC_rgb_small_odd_jpeg.dcm', KEPT, 'an odd number of pixels, padded to an even length'],
  ['pydicom/UN_sequence.dcm', NOT_ANNOUNCED, NO_CLASS],
  ['pydicom/badVR.dcm', NOT_ANNOUNCED, 'its meta information names another instance (1.2.999...) than its data set (1.9.999...)'],
  ['pydicom/badVR.dcm', KEPT, 'announced as its data set says: IS values that are no integers are not read, the encoding is sound', { sopInstanceUid: '1.9.999.999.99.9.9999.9999.20030818153516' }],
  ['pydicom/bad_sequence.dcm', NO_UID, 'its UIDs are hexadecimal digests'],
  ['pydicom/empty_charset_LEI.dcm', NOT_ANNOUNCED, NO_CLASS],
  ['pydicom/emri_small_jpeg_2k_lossless_too_short.dcm', CUT, 'the last fragment states more bytes than there are; dcmdump and pydicom miss the delimiter'],
  ['pydicom/explicit_VR-UN.dcm', KEPT, 'elements with VR UN are legal; those that we read are read by the dictionary'],
  ['pydicom/image_dfl.dcm', NOT_OFFERED, 'deflated is not offered'],
  ['pydicom/meta_missing_tsyntax.dcm', BROKEN, 'no transfer syntax in the meta information: the whole file would be the data set'],
  ['pydicom/nested_priv_SQ.dcm', BROKEN, 'an element of group 0001, which dcmdump calls invalid too'],
  ['pydicom/no_meta.dcm', BROKEN, 'a stray byte before the first element; neither dcmdump nor we can say where it begins'],
  ['pydicom/no_meta_group_length.dcm', NOT_ANNOUNCED, NO_CLASS],
  ['pydicom/priv_SQ.dcm', NOT_ANNOUNCED, NO_CLASS],
  ['pydicom/rtplan_truncated.dcm', CUT, 'IsocenterPosition has 50 bytes and 29 are there: dcmdump and pydicom say so too'],
  ['charset/chrArab.dcm', KEPT, SOUND_TEXT],
  ['charset/chrFren.dcm', KEPT, SOUND_TEXT],
  ['charset/chrFrenMulti.dcm', KEPT, 'has the UID of chrFren: of another centre it is another instance', { isOfAnotherCentre: true }],
  ['charset/chrGerm.dcm', KEPT, SOUND_TEXT],
  ['charset/chrGreek.dcm', KEPT, SOUND_TEXT],
  ['charset/chrH31.dcm', KEPT, SOUND_TEXT],
  ['charset/chrH32.dcm', KEPT, SOUND_TEXT],
  ['charset/chrHbrw.dcm', KEPT, SOUND_TEXT],
  ['charset/chrI2.dcm', KEPT, SOUND_TEXT],
  ['charset/chrJapMulti.dcm', NOT_ANNOUNCED, 'its meta information names another instance (...17461) than its data set (...17462)'],
  ['charset/chrJapMultiExplicitIR6.dcm', NOT_ANNOUNCED, 'as chrJapMulti'],
  ['charset/chrKoreanMulti.dcm', KEPT, SOUND_TEXT],
  ['charset/chrRuss.dcm', KEPT, SOUND_TEXT],
  ['charset/chrSQEncoding.dcm', NOT_ANNOUNCED, NO_CLASS],
  ['charset/chrSQEncoding1.dcm', NOT_ANNOUNCED, NO_CLASS],
  ['charset/chrX1.dcm', KEPT, SOUND_TEXT],
  ['charset/chrX2.dcm', KEPT, SOUND_TEXT],
]; // prettier-ignore

/** Names of the files that the table knows. */
export const KNOWN_FILES: ReadonlySet<string> = new Set(FILES.map(([name]) => name));

export function malformedFileRows(folder: string): TortureRow[] {
  return FILES.map(([name, { seen, audit }, why, announcement]) => ({
    id: 'file',
    title: `${name}: ${seen}, ${why}`,
    attack: async (attacker: Attacker) => {
      const { place } = attacker;
      const sender = announcement?.isOfAnotherCentre ? await place.attacker(place.bystanding) : attacker;
      return sendFile(sender, readFileSync(join(folder, name)), announcement);
    },
    expected: seen,
    audit,
    isKept: seen === '0x0000',
  }));
}
