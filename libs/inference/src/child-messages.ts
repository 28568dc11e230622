/**
 * The messages between the hub and its inference child: one request down, stages and one ending up. All of it is small JSON;
 * pixels and masks travel as files. The child works on bytes of strangers, so the hub checks what comes back before it trusts it.
 */
import { ERROR_CODES, MOST_DIFFERENCES, MOST_REFERENCES } from '@modelbank/contracts';
import type {
  ChildOutcome,
  ChildSpec,
  ChildStage,
  ContentComparisonOutcome,
  ContentComparisonSpec,
  ErrorCode,
  ImageFactsOutcome,
  ImageFactsSpec,
  InferenceJobSpec,
  InferenceOutcome,
  LabelFile,
  StructureSetInspection,
  StructureSetInspectionSpec,
} from '@modelbank/contracts';
import { CONTENT_CONCERNS, DICTIONARY, isUid } from '@modelbank/dicom';
import { IMAGE_FACT_NAMES } from '@modelbank/registry';
import type { ManifestNetwork } from '@modelbank/registry';

/** Registration asks the child what the networks of a package really take and give. */
export interface InspectNetworksSpec {
  readonly kind: 'inspectNetworks';
  readonly packageFolder: string;
  readonly networks: readonly ManifestNetwork[];
}

/** What ONNX Runtime says of one network, and where that differs from the manifest. */
export interface NetworkInspection {
  readonly name: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly problems: readonly string[];
}

export interface InspectNetworksOutcome {
  readonly kind: 'inspectNetworks';
  readonly networks: readonly NetworkInspection[];
}

export type ChildRequest = ChildSpec | InspectNetworksSpec;
export type ChildAnswer = ChildOutcome | InspectNetworksOutcome;

/** The answer that belongs to a request. */
export type AnswerOf<R extends ChildRequest> = R extends InferenceJobSpec
  ? InferenceOutcome
  : R extends ImageFactsSpec
    ? ImageFactsOutcome
    : R extends ContentComparisonSpec
      ? ContentComparisonOutcome
      : R extends StructureSetInspectionSpec
        ? StructureSetInspection
        : InspectNetworksOutcome;

export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'stage'; readonly stage: ChildStage }
  | { readonly type: 'done'; readonly outcome: ChildAnswer }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

const STAGE_NAMES: readonly string[] = [
  'load',
  'decode',
  'preprocess',
  'infer',
  'postprocess',
  'resample',
  'write',
  'measure',
  'compare',
] satisfies ChildStage['stage'][];
const LONGEST_MESSAGE = 500;

/** A message of the child, or undefined where it is none of ours. */
export function parseChildMessage(value: unknown): ChildMessage | undefined {
  if (!isRecord(value)) return undefined;
  if (value.type === 'ready') return { type: 'ready' };
  if (value.type === 'stage') return isStage(value.stage) ? { type: 'stage', stage: value.stage } : undefined;
  if (value.type === 'failed') return parseFailure(value);
  if (value.type === 'done' && isAnswer(value.outcome)) return { type: 'done', outcome: value.outcome };
  return undefined;
}

function parseFailure(value: Record<string, unknown>): ChildMessage | undefined {
  const { code, message } = value;
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_CODES, code) || typeof message !== 'string') return undefined;
  return { type: 'failed', code: code as ErrorCode, message: message.slice(0, LONGEST_MESSAGE) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isStage(value: unknown): value is ChildStage {
  return isRecord(value) && STAGE_NAMES.includes(String(value.stage)) && isAmount(value.durationMs);
}

function isAnswer(value: unknown): value is ChildAnswer {
  if (!isRecord(value)) return false;
  if (value.kind === 'infer') return isInferenceOutcome(value);
  if (value.kind === 'imageFacts') {
    const facts = value.facts;
    return isRecord(facts) && IMAGE_FACT_NAMES.every((name) => isAmount(facts[name])) && isStages(value.stages);
  }
  if (value.kind === 'compareContent') return isContentComparison(value);
  if (value.kind === 'inspectStructureSet') return isStructureSetInspection(value);
  return value.kind === 'inspectNetworks' && Array.isArray(value.networks);
}

function isInferenceOutcome(value: Record<string, unknown>): boolean {
  const providerKnown = value.executionProvider === 'cpu' || value.executionProvider === 'cuda';
  const labelsKnown = Array.isArray(value.labels) && value.labels.every(isLabelFile);
  const warningsKnown =
    value.warnings === undefined || (Array.isArray(value.warnings) && value.warnings.every(isWarning));
  return providerKnown && labelsKnown && warningsKnown && isStages(value.stages) && isAmount(value.peakRssMiB);
}

function isContentComparison(value: Record<string, unknown>): boolean {
  const { contentKind, differences, differenceCount, pixels, secondContentSha256, stages } = value;
  const listed =
    Array.isArray(differences) && differences.length <= MOST_DIFFERENCES && differences.every(isDifference);
  const counted = isAmount(differenceCount) && listed && differences.length <= differenceCount;
  const digested = /^[0-9a-f]{64}$/.test(String(secondContentSha256));
  const kindKnown = contentKind === 'image' || contentKind === 'document';
  return counted && digested && kindKnown && (pixels === null || isPixelComparison(pixels)) && isStages(stages);
}

function isStructureSetInspection(value: Record<string, unknown>): boolean {
  const { rois, points, referencedSopInstanceUids: uids, stages } = value;
  const referenced = Array.isArray(uids) && uids.length <= MOST_REFERENCES && uids.every((uid) => isUid(uid));
  return isAmount(rois) && isAmount(points) && referenced && isStages(stages);
}

/** A name of the dictionary or a tag, and numbers: a text of the sender cannot hide here. */
function isDifference(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const attribute = String(value.attribute);
  const named = Object.hasOwn(DICTIONARY, attribute) || /^\([0-9A-F]{4},[0-9A-F]{4}\)$/.test(attribute);
  const concerned = (CONTENT_CONCERNS as readonly unknown[]).includes(value.concern);
  const { numbers } = value;
  return (
    named &&
    concerned &&
    (numbers === undefined || (isRecord(numbers) && [numbers.first, numbers.second].every(isNumbers)))
  );
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.length <= 6 && value.every((each) => each === null || Number.isFinite(each));
}

function isPixelComparison(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return [value.frames, value.differingFrames, value.differingPixels, value.largestDifference].every(isAmount);
}

function isWarning(value: unknown): boolean {
  return isRecord(value) && typeof value.label === 'string' && /^[A-Za-z]{1,40}$/.test(String(value.warning));
}

function isLabelFile(value: unknown): value is LabelFile {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    /^label-\d+\.bits$/.test(String(value.file)) &&
    /^[0-9a-f]{64}$/.test(String(value.sha256)) &&
    isAmount(value.voxelCount) &&
    isAmount(value.volumeMl) &&
    typeof value.empty === 'boolean' &&
    typeof value.cutByScanEnd === 'boolean'
  );
}

function isStages(value: unknown): boolean {
  return Array.isArray(value) && value.every(isStage);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
