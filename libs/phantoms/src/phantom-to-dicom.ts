/**
 * A phantom as CT Image Storage instances (PS3.3 A.3): position, orientation and PatientPosition agree with the grid that the truth
 * was computed on. Identity, UIDs and dates come from the caller, who may also plant or remove any attribute.
 */
import { DataSet, deriveUid, writePart10 } from '@modelbank/dicom';
import type { Grid } from '@modelbank/geometry';
import type { Phantom } from './anthropomorphic-phantom';
import { sliceSpacingMm } from './scan/scan-grid';

export interface PhantomSeries {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly patientName: string;
  readonly patientId: string;
  /** `YYYYMMDD` and `HHMMSS` of study, series and content. */
  readonly date: string;
  readonly time: string;
  /** Added last: replaces what is here, `undefined` removes an element. */
  readonly attributes?: DataSet;
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
/** The usual CT storage: 12 unsigned bits above -1024 HU. */
const INTERCEPT_HU = -1024;
const LARGEST_STORED = 4095;

/** Study, series and frame of reference UIDs that follow from a seed text; the same seed gives the same series. */
export function phantomSeriesUids(
  seed: string,
): Pick<PhantomSeries, 'studyInstanceUid' | 'seriesInstanceUid' | 'frameOfReferenceUid'> {
  return {
    studyInstanceUid: deriveUid('phantom', seed, 'study'),
    seriesInstanceUid: deriveUid('phantom', seed, 'series'),
    frameOfReferenceUid: deriveUid('phantom', seed, 'frame-of-reference'),
  };
}

/** Whole files in the order of the grid's slices, made one at a time. */
export function* phantomToDicom(phantom: Phantom, series: PhantomSeries): Generator<Uint8Array> {
  for (let k = 0; k < phantom.grid.origins.length; k++) yield phantomInstance(phantom, series, k);
}

/** The SOP Instance UID of slice k: it follows from the series UID. */
export function phantomInstanceUid(series: PhantomSeries, k: number): string {
  return deriveUid(series.seriesInstanceUid, 'instance', String(k));
}

/** One slice as a Part-10 file in Explicit VR Little Endian. */
export function phantomInstance(phantom: Phantom, series: PhantomSeries, k: number): Uint8Array {
  return writePart10({
    ...identityAttributes(series),
    ...acquisitionAttributes(phantom),
    ...planeAttributes(phantom.grid, series, k),
    ...pixelAttributes(phantom.grid, phantom.slice(k)),
    ...series.attributes,
  });
}

function identityAttributes(series: PhantomSeries): DataSet {
  const { date, time } = series;
  return {
    PatientName: series.patientName,
    PatientID: series.patientId,
    PatientBirthDate: null,
    PatientSex: null,
    StudyInstanceUID: series.studyInstanceUid,
    StudyDate: date,
    StudyTime: time,
    StudyID: '1',
    AccessionNumber: null,
    ReferringPhysicianName: null,
    SeriesInstanceUID: series.seriesInstanceUid,
    SeriesDate: date,
    SeriesTime: time,
    SeriesNumber: 1,
    SeriesDescription: 'Synthetic chest',
    Modality: 'CT',
    BodyPartExamined: 'CHEST',
    Manufacturer: 'Modelbank',
    ManufacturerModelName: 'Phantom',
    FrameOfReferenceUID: series.frameOfReferenceUid,
    PositionReferenceIndicator: null,
  };
}

function acquisitionAttributes({ grid, orientation }: Phantom): DataSet {
  return {
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    AcquisitionNumber: 1,
    ImagesInAcquisition: grid.origins.length,
    PatientPosition: orientation === 'oblique' ? 'HFS' : orientation,
    KVP: 120,
    ConvolutionKernel: 'SYNTHETIC',
    GantryDetectorTilt: 0,
    SliceThickness: rounded(sliceSpacingMm(grid)),
    BurnedInAnnotation: 'NO',
  };
}

function planeAttributes(grid: Grid, series: PhantomSeries, k: number): DataSet {
  return {
    SOPClassUID: CT_IMAGE_STORAGE,
    SOPInstanceUID: phantomInstanceUid(series, k),
    InstanceNumber: k + 1,
    ContentDate: series.date,
    ContentTime: series.time,
    AcquisitionDate: series.date,
    AcquisitionTime: series.time,
    ImagePositionPatient: grid.origins[k].map(rounded),
    ImageOrientationPatient: [...grid.rowDirection, ...grid.columnDirection].map(rounded),
    PixelSpacing: [grid.rowSpacingMm, grid.columnSpacingMm].map(rounded),
  };
}

function pixelAttributes(grid: Grid, hounsfield: Int16Array): DataSet {
  const stored = Uint16Array.from(hounsfield, (hu) => Math.max(0, Math.min(LARGEST_STORED, hu - INTERCEPT_HU)));
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: grid.rows,
    Columns: grid.columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    RescaleIntercept: INTERCEPT_HU,
    RescaleSlope: 1,
    RescaleType: 'HU',
    WindowCenter: 40,
    WindowWidth: 400,
    PixelData: stored,
  };
}

/** Six decimals of a millimetre or a cosine, as scanners write them; well within a decimal string's 16 characters. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
