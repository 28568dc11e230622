/** What this implementation says about itself in every association (PS3.7 Annex D.3.3), as either side. */
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@modelbank/dicom';
import type { OwnUserInformation } from './encode-pdu';
import { MAXIMUM_PDU_BYTES } from './pdu';

export const OWN_INFORMATION: OwnUserInformation = {
  maximumLength: MAXIMUM_PDU_BYTES,
  implementationClassUid: IMPLEMENTATION_CLASS_UID,
  implementationVersionName: IMPLEMENTATION_VERSION_NAME,
};
