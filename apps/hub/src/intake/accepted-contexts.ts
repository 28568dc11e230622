/**
 * What is negotiated: every storage class of the table with every transfer syntax that we can keep. A planning system sends
 * whole plans in one association, and one refused context can fail all of it. Deflated is not in the table (STRUCTURE_LIMITS
 * could not bound it while streaming).
 */
import { STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES } from '@modelbank/dicom';
import type { SupportedContext } from '@modelbank/dimse';

const TRANSFER_SYNTAX_UIDS = TRANSFER_SYNTAXES.map((syntax) => syntax.uid);

export const ACCEPTED_CONTEXTS: readonly SupportedContext[] = STORAGE_SOP_CLASSES.map(({ uid }) => ({
  abstractSyntax: uid,
  transferSyntaxes: TRANSFER_SYNTAX_UIDS,
}));
