export { createDimseServer, type DimseServer } from './scp/dimse-server';
export * from './scp/scp-options';
export { defaultStatusOfFailure } from './scp/store-reception';
export { STATUS, isStored, statusText, storeStatusOf, type StoreOutcomeKind, type StoreStatus } from './command/store-status';
export { describeAbort, describeRejection, REJECTION } from './pdu/reasons';
export type { Abort, Rejection } from './pdu/pdu';
export { isAeTitle } from './ae-title';
export {
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  IMPLICIT_VR_LITTLE_ENDIAN,
  VERIFICATION_SOP_CLASS,
} from './implementation';
export { describeCertificate, normaliseFingerprint, type PeerCertificate } from './transport/peer-certificate';
export { systemTimers, type CancelAlarm, type Timers } from './transport/timers';
