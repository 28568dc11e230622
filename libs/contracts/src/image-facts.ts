/** The port that measures the image facts of a series for selection; libs/inference does it in a child process. */
import type { ImageFacts } from '@modelbank/registry';
import type { JobInstance } from './inference-job';

export const IMAGE_FACTS = Symbol('ImageFactsMeter');

export interface ImageFactsMeter {
  /** Decodes the instances, given in slice order; never called inside a transaction. Throws a HubError. */
  measure(instances: readonly JobInstance[]): Promise<ImageFacts>;
}
