export * from './manifest/manifest';
export { parseManifest, readManifest } from './manifest/parse-manifest';
export type { ManifestReading } from './manifest/parse-manifest';
export { ManifestError, describeProblem } from './manifest/manifest-problem';
export type { ManifestProblem } from './manifest/manifest-problem';
export { isParameterValue, parameterValueWords } from './manifest/parameter-value';
export { compareVersions } from './manifest/semantic-version';
export * from './decision';
