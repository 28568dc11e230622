export * from './contour';
export * from './contour-warning';
export * from './structure-error';
export { contoursFromMask, SIMPLIFICATION_PIXELS, type ContourOptions } from './contours-from-mask';
export { maskFromContours, type MaskFromContours } from './mask-from-contours';
export * from './structure-set';
export { writeStructureSet } from './write-structure-set';
export { readStructureSet } from './read-structure-set';
