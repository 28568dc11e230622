/**
 * The words that may pass from a sender's header into our rows. Everything else is left out: a name or a number of a person
 * can stand in any text element, and a list of known words cannot hold one.
 */

/** Defined terms of Modality (PS3.3 C.7.3.1.1.1) of the objects that we accept. */
export const MODALITIES: ReadonlySet<string> = new Set([
  ...['CT', 'MR', 'PT', 'NM', 'MG', 'CR', 'DX', 'DR', 'RG', 'RF', 'XA', 'US', 'BI', 'SC', 'OT', 'ST', 'PX', 'XC'],
  ...['RTSTRUCT', 'RTPLAN', 'RTDOSE', 'RTIMAGE', 'RTRECORD', 'RTSEGANN', 'RTINTENT', 'RTRAD', 'PLAN'],
  ...['REG', 'SEG', 'SR', 'KO', 'PR', 'DOC', 'FID', 'RWV', 'M3D', 'TEXTUREMAP', 'CTPROTOCOL', 'ASMT'],
]);

/** Values of ImageType (PS3.3 C.7.6.1.1.2 and the modules of CT, MR, PET, MG, DBT) that rules can ask for. */
export const IMAGE_TYPE_VALUES: ReadonlySet<string> = new Set([
  ...['ORIGINAL', 'DERIVED', 'PRIMARY', 'SECONDARY', 'MIXED', 'AXIAL', 'LOCALIZER', 'SCOUT', 'TOPOGRAM', 'SURVIEW'],
  ...['MPR', 'MIP', 'MINIP', 'AVERAGE', 'REFORMATTED', 'RESAMPLED', 'CPR', 'CSA', 'CSA MPR', 'PROJECTION IMAGE'],
  ...['VOLUME', 'VOLUME RENDERED', 'SURFACE RENDERED', 'SCREEN SAVE', 'OTHER', 'NONE', 'NORM', 'DIS2D', 'DIS3D'],
  ...['HELICAL', 'SPIRAL', 'STATIC', 'DYNAMIC', 'GATED', 'WHOLE BODY', 'EMISSION', 'TRANSMISSION', 'AVG', 'MAX', 'MIN'],
  ...['CORONAL', 'SAGITTAL', 'OBLIQUE', 'CT_SOM5 SPI', 'CT_SOM5 SEQ', 'CT_SOM5 TOP', 'CT_SOM7 SPI', 'CT_SOM7 SEQ'],
  ...['DUALENERGY', 'MONOENERGETIC', 'VIRTUAL_MONO', 'IODINE', 'WATER', 'FAT', 'IN_PHASE', 'OUT_PHASE', 'FFE', 'SE'],
  ...['M', 'P', 'R', 'I', 'M_FFE', 'M_SE', 'ADC', 'DIFFUSION', 'TRACEW', 'FA', 'SUBTRACTION', 'TOMOSYNTHESIS'],
  ...['TOMO_PROJ', 'TOMO_2D', 'GENERATED_2D', 'TOMO', 'POST_CONTRAST', 'PRE_CONTRAST', 'FILTERED', 'CBCT', 'PHANTOM'],
]);

/** Patient positions (PS3.3 C.7.3.1.1.2). */
export const PATIENT_POSITIONS: ReadonlySet<string> = new Set([
  ...[
    'HFP',
    'HFS',
    'HFDR',
    'HFDL',
    'FFDR',
    'FFDL',
    'FFP',
    'FFS',
    'LFP',
    'LFS',
    'RFP',
    'RFS',
    'AFDR',
    'AFDL',
    'PFDR',
    'PFDL',
  ],
]);

/**
 * Kernel names by the makers' own schemes: Siemens `B30f`, `Br40d`; Toshiba and Canon `FC08`, `FL01`; Philips `YA`, `B`;
 * Hitachi numbers; and GE's words.
 */
const KERNEL_SCHEMES = /^(?:[A-Z][a-z]?\d{2}[a-z]{0,2}|F[CL]\d{2}|[A-Z]{1,2}|\d{1,3})$/;
const KERNEL_WORDS: ReadonlySet<string> = new Set([
  ...[
    'STANDARD',
    'SOFT',
    'BONE',
    'LUNG',
    'DETAIL',
    'BONEPLUS',
    'EDGE',
    'CHEST',
    'ULTRA',
    'STND',
    'STAN',
    'SMOOTH',
    'SHARP',
  ],
  ...['BRAIN', 'HEAD', 'BODY', 'ABDOMEN', 'NEURO', 'NONE'],
]);

/** The name where it looks like one of a maker, else undefined. */
export function kernelName(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 16) return undefined;
  return KERNEL_SCHEMES.test(text) || KERNEL_WORDS.has(text.toUpperCase()) ? text : undefined;
}
