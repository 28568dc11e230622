export * from './raw-pdu';
export * from './raw-peer';
export * from './tool-process';
export * from './dicom-tools';
export * from './synthetic-ct';
export * from './manual-timers';
export * from './collecting-scp';
export * from './report-taker';
