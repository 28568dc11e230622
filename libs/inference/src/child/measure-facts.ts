/** The image facts of one series, for selection. They are measured on a coarse copy, so only its slices are decoded. */
import type { ImageFactsOutcome, ImageFactsSpec } from '@modelbank/contracts';
import { measureImageFacts, slicesInOverview } from '@modelbank/imaging';
import { decodeScan } from './decode-scan';
import type { StageClock } from './stage-clock';
import { readVerifiedInstances } from './verified-files';

export async function measureFacts(spec: ImageFactsSpec, clock: StageClock): Promise<ImageFactsOutcome> {
  const instances = await clock.time('load', () => readVerifiedInstances(spec.instances));
  const volume = await clock.time('decode', () => decodeScan(instances, slicesInOverview));
  const facts = await clock.time('measure', () => measureImageFacts(volume));
  return { kind: 'imageFacts', facts, stages: clock.stages };
}
