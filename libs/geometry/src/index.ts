export * from './grid';
export * from './vectors';
export * from './slice-geometry';
export * from './grid-from-slices';
