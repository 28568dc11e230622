/** A file of any kind as the bytes of one C-STORE: announced as its own meta information says, or as the row says. */
import { splitPart10 } from '@modelbank/dicom';
import { RAW_CT } from '@modelbank/testing';
import type { Attacker } from './attacker';
import { newUid } from './store-rows';

export interface Announcement {
  readonly transferSyntaxUid?: string;
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
  /** UIDs are a centre's own. */
  readonly isOfAnotherCentre?: boolean;
}

/** The status, or what became of the presentation context. */
export async function sendFile(attacker: Attacker, bytes: Buffer, told: Announcement = {}): Promise<string> {
  const { meta, dataSet } = opened(bytes);
  const sopClassUid = told.sopClassUid ?? meta.sopClassUid ?? RAW_CT.abstractSyntax;
  const transferSyntaxUid = told.transferSyntaxUid ?? meta.transferSyntaxUid ?? RAW_CT.transferSyntaxes[0];
  const uid = told.sopInstanceUid ?? meta.sopInstanceUid ?? newUid();
  const contexts = [{ id: 3, abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntaxUid] }];
  const { peer, results } = await attacker.negotiate({ contexts });
  const result = results.get(3);
  const seen = result === 0 ? await attacker.storeOn(peer, dataSet, uid, { sopClassUid }) : `context ${result}`;
  await attacker.release(peer);
  return seen;
}

/** What is no file with meta information is all data set. */
function opened(bytes: Buffer): { readonly meta: Announcement; readonly dataSet: Buffer } {
  try {
    const { meta, dataSetOffset } = splitPart10(bytes);
    return { meta, dataSet: bytes.subarray(dataSetOffset) };
  } catch {
    return { meta: {}, dataSet: bytes };
  }
}
