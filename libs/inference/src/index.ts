export { runChild } from './run-child';
export type { RunChildOptions } from './run-child';
export { inspectPackageNetworks } from './inspect-package-networks';
export { measureImageFacts } from './measure-image-facts';
export { compareObjects } from './compare-objects';
export { inspectStructureSet } from './inspect-structure-set';
export { decodeScan } from './child/decode-scan';
export { readLabel } from './read-label';
export type { InspectNetworksSpec, InspectNetworksOutcome, NetworkInspection } from './child-messages';
