/**
 * ONNX Runtime sessions. `['cuda', 'cpu']` as a list does not fall back, it throws; so CUDA is tried first, then a new
 * session is made on the CPU, and the caller learns which one runs.
 */
import { HubError } from '@modelbank/contracts';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export type ExecutionProvider = 'cpu' | 'cuda';

export interface OpenedSession {
  readonly session: InferenceSession;
  readonly executionProvider: ExecutionProvider;
}

/** A tensor as the pipeline handles it: values and shape, without ONNX Runtime's class. */
export interface FloatTensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Opens a network from verified bytes. A model with weights in files beside it cannot be opened so, by intent. */
export async function openSession(
  name: string,
  bytes: Uint8Array,
  asked: ExecutionProvider,
  threads: number,
): Promise<OpenedSession> {
  if (asked === 'cuda') {
    try {
      return { session: await create(bytes, 'cuda', threads), executionProvider: 'cuda' };
    } catch {
      return openSession(name, bytes, 'cpu', threads);
    }
  }
  try {
    return { session: await create(bytes, 'cpu', threads), executionProvider: 'cpu' };
  } catch (cause) {
    throw new HubError('PACKAGE_INVALID', `network "${name}" cannot be opened: ${reasonOf(cause)}`, { cause });
  }
}

/** Runs one input through one network and returns the named output. */
export async function runSession(
  name: string,
  session: InferenceSession,
  inputName: string,
  outputName: string,
  input: FloatTensor,
): Promise<FloatTensor> {
  const feeds = { [inputName]: new Tensor('float32', input.values, [...input.shape]) };
  const outputs = await session.run(feeds, [outputName]).catch((cause: unknown) => {
    const reason = reasonOf(cause);
    const code = /alloc|memory/i.test(reason) ? 'INFERENCE_OUT_OF_MEMORY' : 'OUTPUT_UNUSABLE';
    throw new HubError(code, `network "${name}" failed on its input: ${reason}`, { cause });
  });
  const output = outputs[outputName];
  if (!(output.data instanceof Float32Array)) {
    throw new HubError('OUTPUT_UNUSABLE', `network "${name}" returns ${output.type}, not float32`);
  }
  return { values: output.data, shape: output.dims };
}

function create(bytes: Uint8Array, provider: ExecutionProvider, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: true,
    logSeverityLevel: 4,
  });
}

/** ONNX Runtime's own words speak of nodes, names and shapes of the graph, never of voxels. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : 'unknown reason';
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
