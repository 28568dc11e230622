export * from './journey';
export * from './events';
export * from './crash-points';
export * from './ports';
export * from './errors';
export * from './inference-job';
export * from './states';
export * from './centre-directory';
