/**
 * Our vocabulary of body parts: the terms of BodyPartExamined (PS3.16 Annex L), the codes of AnatomicRegionSequence (CID
 * 4031) and what scanners write instead, mapped to the regions that rules ask for. Organs count as the region they lie in.
 */

/** Canonical regions, named by the terms of PS3.16 Annex L where there is one. */
export const BODY_PARTS = [
  'HEAD',
  'NECK',
  'HEADNECK',
  'CHEST',
  'BREAST',
  'ABDOMEN',
  'PELVIS',
  'NECKCHEST',
  'HEADNECKCHEST',
  'CHESTABDOMEN',
  'ABDOMENPELVIS',
  'CHESTABDPELVIS',
  'NECKCHESTABDOMEN',
  'NECKCHESTABDPELV',
  'WHOLEBODY',
  'SPINE',
  'CSPINE',
  'TSPINE',
  'LSPINE',
  'UPPERLIMB',
  'LOWERLIMB',
  'EXTREMITY',
] as const;
export type BodyPart = (typeof BODY_PARTS)[number];

interface BodyPartRow {
  readonly bodyPart: BodyPart;
  /** Upper case, without spaces and signs; Danish ones with AE, OE, AA. */
  readonly terms: readonly string[];
  /** SNOMED CT (`SCT`) and its older `SRT` codes (PS3.16 CID 4031). */
  readonly codes: readonly string[];
}

const words = (text: string) => text.split(' ').filter((word) => word !== '');
const row = (bodyPart: BodyPart, terms: string, codes: string): BodyPartRow => ({
  bodyPart,
  terms: words(terms),
  codes: words(codes),
});

export const BODY_PART_TABLE: readonly BodyPartRow[] = [
  row(
    'HEAD',
    'HEAD BRAIN SKULL CRANIUM CEREBRUM CEREBRAL HOVED KRANIE KRANIUM CAPUT FACE ORBIT ORBITS EYE SINUS SINUSES PARANASALSINUS SELLA IAC MANDIBLE MAXILLA JAW TMJ EAR FACIALBONES MASTOID',
    '69536005 T-D1100 12738006 T-A0100 89546000 T-11100 89545001 T-D1200 363654007 T-D14AE 81745001 T-AA000 2095001 T-22000 91609006 T-11180 70925003 T-11170 661005 T-D1213 42575006 T-D1460 361078006 T-AB959 53620006 T-15290 91397008 T-11196 59066005 T-11133',
  ),
  row(
    'NECK',
    'NECK HALS COLLUM LARYNX PHARYNX THYROID SOFTTISSUENECK PAROTID PAROTIDGLAND',
    '45048000 T-D1600 4596009 T-24100 45289007 T-61100 54019009 T-61300',
  ),
  row('HEADNECK', 'HEADNECK HEADANDNECK HN HOVEDHALS HOVEDOGHALS HEADNCK ENT OEREENAESEHALS', '774007 T-D1000'),
  row(
    'CHEST',
    'CHEST THORAX LUNG LUNGS LUNGE LUNGER HEART HJERTE MEDIASTINUM BRYSTKASSE ESOPHAGUS OESOPHAGUS BRONCHUS TRACHEA RIB RIBS STERNUM',
    '51185008 T-D3000 39607008 T-28000 80891009 T-32000 72410000 T-D3300 32849002 T-56000 955009 T-26000 44567001 T-25000 113197003 T-11300 56873002 T-11210 86598002 T-280A0',
  ),
  row('BREAST', 'BREAST MAMMA MAMMAE BRYST MAM CHESTWALL', '76752008 T-04000'),
  row(
    'ABDOMEN',
    'ABDOMEN ABD ABDOM UPPERABDOMEN BUG LIVER LEVER HEPATIC KIDNEY KIDNEYS NYRER PANCREAS SPLEEN STOMACH GALLBLADDER ADRENAL',
    '113345001 T-D4000 80581009 T-D4001 10200004 T-62000 64033007 T-71000 15776009 T-65000 69695003 T-57000 28231008 T-63000 78961009 T-C3000',
  ),
  row(
    'PELVIS',
    'PELVIS PEL BAEKKEN PROSTATE PROSTATA RECTUM BLADDER UTERUS CERVIX ANUS HIP HOFTE SACRUM COCCYX SIJOINT',
    '12921003 T-D6000 118645006 T-12375 41216001 T-92000 34402009 T-59600 89837001 T-74000 53505006 T-59900 54735007 T-11AD0 64688005 T-11BF0 39723000 T-15680 110639002 T-88920',
  ),
  row('NECKCHEST', 'NECKCHEST NECKANDCHEST HALSTHORAX', '417437006 R-FAB52'),
  row('HEADNECKCHEST', 'HEADNECKCHEST HEADNECKTHORAX', ''),
  row('CHESTABDOMEN', 'CHESTABDOMEN CHESTABD CHESTANDABDOMEN THORAXABDOMEN THORAXABD', '416550000 R-FAB55'),
  row('ABDOMENPELVIS', 'ABDOMENPELVIS ABDPELVIS ABDPEL ABDOMENANDPELVIS ABDOPELVIS', '416949008 R-FAB57'),
  row(
    'CHESTABDPELVIS',
    'CHESTABDPELVIS CHESTABDOMENPELVIS CAP TAP THORAXABDOMENPELVIS TRUNK',
    '416775004 R-FAB56 22943007 T-D2000',
  ),
  row('NECKCHESTABDOMEN', 'NECKCHESTABDOMEN NECKCHESTABD', '416152001 R-FAB53'),
  row('NECKCHESTABDPELV', 'NECKCHESTABDPELV NECKCHESTABDPELVIS NECKCHESTABDOMENPELVIS', '416319003 R-FAB54'),
  row('WHOLEBODY', 'WHOLEBODY ENTIREBODY BODY HELKROP WB TOTALBODY SKULLTOTHIGH', '38266002 T-D0010'),
  row('SPINE', 'SPINE COLUMNA RYGSOEJLE TLSPINE CTSPINE', '421060004 T-D04FF 297171002 T-D00F7 297172009 T-D00F8'),
  row('CSPINE', 'CSPINE CERVICALSPINE CSPINAL COLUMNACERVICALIS', '122494005 T-11501'),
  row('TSPINE', 'TSPINE THORACICSPINE COLUMNATHORACALIS DORSALSPINE', '122495006 T-11502'),
  row('LSPINE', 'LSPINE LUMBARSPINE LSSPINE LUMBOSACRALSPINE COLUMNALUMBALIS', '122496007 T-11503 297173004 T-D00F9'),
  row(
    'UPPERLIMB',
    'UPPERLIMB UPPEREXTREMITY ARM SHOULDER SKULDER ELBOW WRIST HAND FOREARM HUMERUS FINGER CLAVICLE SCAPULA',
    '53120007 T-D8000 16982005 T-D2220 85562004 T-D8700 16953009 T-15430 74670003 T-15460 14975008 T-D8500 40983000 T-D8200 85050009 T-12410 51299004 T-12310 79601000 T-12280',
  ),
  row(
    'LOWERLIMB',
    'LOWERLIMB LOWEREXTREMITY LEG KNEE KNAE ANKLE FOOT FOD FEMUR THIGH CALF TIBIA FIBULA TOE',
    '61685007 T-D9000 72696002 T-D9200 56459004 T-D9700 70258002 T-15750 71341001 T-12710 68367000 T-D9100 30021000 T-D9400 87342007 T-12750 29707007 T-D9800',
  ),
  row('EXTREMITY', 'EXTREMITY EXTREMITIES LIMB', '66019005 T-D0300'),
];

const BY_TERM = new Map(
  BODY_PART_TABLE.flatMap(({ bodyPart, terms }) => terms.map((term) => [term, bodyPart] as const)),
);
const BY_CODE = new Map(
  BODY_PART_TABLE.flatMap(({ bodyPart, codes }) => codes.map((code) => [code, bodyPart] as const)),
);
const CODING_SCHEMES: ReadonlySet<string> = new Set(['SCT', 'SRT', 'SNM3', '99SDM', 'SNOMED-RT']);

/** The regions from head to pelvis: neighbours that are named together make one region. */
const AXIAL_ORDER: readonly BodyPart[] = ['HEAD', 'NECK', 'CHEST', 'ABDOMEN', 'PELVIS'];
const AXIAL_RUNS: Readonly<Record<string, BodyPart>> = {
  'HEAD+NECK': 'HEADNECK',
  'NECK+CHEST': 'NECKCHEST',
  'HEAD+NECK+CHEST': 'HEADNECKCHEST',
  'CHEST+ABDOMEN': 'CHESTABDOMEN',
  'ABDOMEN+PELVIS': 'ABDOMENPELVIS',
  'CHEST+ABDOMEN+PELVIS': 'CHESTABDPELVIS',
  'NECK+CHEST+ABDOMEN': 'NECKCHESTABDOMEN',
  'NECK+CHEST+ABDOMEN+PELVIS': 'NECKCHESTABDPELV',
  'HEAD+NECK+CHEST+ABDOMEN+PELVIS': 'WHOLEBODY',
};

/** The canonical region of a BodyPartExamined, in any of its spellings; undefined when it is not in the vocabulary. */
export function bodyPartOf(text: string): BodyPart | undefined {
  if (text.length > 64) return undefined;
  const parts = spelling(text)
    .split(/[^A-Z0-9]+/)
    .filter((part) => part !== '' && part !== 'AND' && part !== 'OG');
  const whole = BY_TERM.get(parts.join(''));
  if (whole !== undefined || parts.length < 2) return whole;
  const regions = parts.map((part) => BY_TERM.get(part));
  const named = AXIAL_ORDER.filter((region) => regions.includes(region));
  if (regions.some((region) => region === undefined || !AXIAL_ORDER.includes(region))) return undefined;
  return named.length === 1 ? named[0] : AXIAL_RUNS[named.join('+')];
}

/** The canonical region of a code of AnatomicRegionSequence; undefined for other schemes and codes. */
export function bodyPartOfCode(codingSchemeDesignator: string, codeValue: string): BodyPart | undefined {
  return CODING_SCHEMES.has(codingSchemeDesignator) ? BY_CODE.get(codeValue) : undefined;
}

const spelling = (text: string) => text.toUpperCase().replaceAll('Æ', 'AE').replaceAll('Ø', 'OE').replaceAll('Å', 'AA');
