export * from './anthropomorphic-phantom';
export { TRUTH_NAMES } from './anatomy/thorax';
export type { TruthName } from './anatomy/thorax';
export { SCAN_ORIENTATIONS } from './scan/scan-grid';
export type { ScanOrientation } from './scan/scan-grid';
export * from './phantom-to-dicom';
