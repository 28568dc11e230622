/** How this implementation names itself to peers (PS3.7 Annex D.3.3.2), and the one SOP class that it answers alone. */

/** A UUID-derived UID (PS3.5 Annex B.2), so that no registration is needed. */
export const IMPLEMENTATION_CLASS_UID = '2.25.133446201771955486322218475311262214081';
export const IMPLEMENTATION_VERSION_NAME = 'MODELBANK_1';

export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
