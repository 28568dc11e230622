export { createDimseServer, type DimseServer, type LiveConnection } from './scp/dimse-server';
export * from './scp/scp-options';
export type { EventReport } from './scp/event-reports';
export { defaultStatusOfFailure } from './scp/store-reception';
export {
  STATUS,
  isStored,
  statusText,
  storeStatusOf,
  type StoreOutcomeKind,
  type StoreStatus,
} from './command/store-status';
export { describeAbort, describeRejection, REJECTION } from './pdu/reasons';
export type { Abort, Rejection } from './pdu/pdu';
export {
  describeCertificate,
  identityOf,
  normaliseFingerprint,
  type PeerCertificate,
} from './transport/peer-certificate';
export { TLS_PROFILE } from './transport/tls-profile';
export { weaknessOfChain } from './transport/certificate-strength';
export { TLS_REFUSALS, refusalOfHandshake, type TlsRefusal } from './transport/tls-refusal';
export { systemTimers, type CancelAlarm, type Timers } from './transport/timers';
export {
  createAuthority,
  ensurePki,
  issueClientCertificate,
  issueServerCertificate,
  requireCentreId,
  type DevelopmentPki,
  type IssuedCertificate,
  type ServerAndClient,
} from './pki/ensure-pki';
export { readHubClientTls } from './pki/client-tls';
export { VERIFICATION_CONTEXTS, echoPeer, openAssociation } from './scu/open-association';
export type { OutgoingAssociation } from './scu/outgoing-association';
export { readStoreOperation, sendFiles, type SendProgress, type SentFile } from './scu/send-files';
export * from './scu/scu-options';
export * from './commitment/storage-commitment';
