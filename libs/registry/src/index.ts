export * from './manifest/manifest';
export { parseManifest, readManifest } from './manifest/parse-manifest';
export type { ManifestReading } from './manifest/parse-manifest';
export { ManifestError, describeProblem } from './manifest/manifest-problem';
export type { ManifestProblem } from './manifest/manifest-problem';
export { isParameterValue, parameterValueWords } from './manifest/parameter-value';
export { compareVersions } from './manifest/semantic-version';
export * from './decision';
export { ALLOW_LABEL, decideRelease, RELEASE_POLICY_VERSION } from './release/decide-release';
export type { ReleaseInputs } from './release/decide-release';
export { packageDigest } from './package-digest';
export type {
  ObservedGrid,
  ObservedHeaders,
  ObservedInputSet,
  ObservedRole,
  Orientation,
  Span,
} from './applicability/observed';
export {
  applies,
  evaluateApplicability,
  missesCompressionOnly,
  needsImageFacts,
  waitsForImageFacts,
} from './applicability/evaluate-applicability';
export { rankSeries } from './selection/rank-series';
export type { RankingCandidate } from './selection/rank-series';
export { nearestMisses } from './selection/nearest-misses';
export type { Miss } from './selection/nearest-misses';
export { resolveTask } from './selection/resolve-task';
export type {
  PersonsChoice,
  PersonsDecision,
  RunnableVersion,
  SelectionHoldCode,
  TaskContender,
  TaskOutcome,
} from './selection/resolve-task';
export { resolveParameters } from './selection/resolve-parameters';
export type { ParameterResolution, ParameterValues } from './selection/resolve-parameters';
