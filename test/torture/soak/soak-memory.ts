/** Whether a hub stays as small as it was: 20000 instances over 500 associations, and as many associations that bring nothing. */
import { openAssociation } from '@modelbank/dimse';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import { readFile } from 'node:fs/promises';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids } from '../../support/ct-slices';
import { rssBytes } from '../support/process-watch';
import { TorturePlace } from '../support/torture-place';
import { MIB } from './soak-part';
import type { SoakOptions, SoakOutcome } from './soak-part';

const ASSOCIATIONS = 500;
const INSTANCES_EACH = 40;
const AT_ONCE = 4;
/** The second half of the run may be that much larger than the first, at most: noise of the collector. */
const FLAT_WITHIN_BYTES = 48 * MIB;
const CONTEXT = { sopClassUid: CT_IMAGE_STORAGE, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };

export async function soakMemory({ seed, say }: SoakOptions): Promise<SoakOutcome> {
  const place = await TorturePlace.open({ MODELBANK_LOG_LEVEL: 'warn' });
  const samples: number[] = [];
  const failures: string[] = [];
  const startedMs = performance.now();
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < ASSOCIATIONS) {
      const number = next++;
      failures.push(...(await oneAssociation(place, `memory ${seed} ${number}`)));
      samples.push(rssBytes(place.hub.pid));
      if (number % 50 === 0) say(`  memory: ${number} associations, ${Math.round(samples.at(-1)! / MIB)} MiB`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  const seconds = (performance.now() - startedMs) / 1000;
  const [second, last] = [medianOf(quarter(samples, 1)), medianOf(quarter(samples, 3))];
  await place.close();
  return {
    figures: {
      associations: ASSOCIATIONS,
      instances: ASSOCIATIONS * INSTANCES_EACH,
      instancesPerSecond: Math.round((ASSOCIATIONS * INSTANCES_EACH) / seconds),
      secondQuarterMiB: Math.round(second / MIB),
      lastQuarterMiB: Math.round(last / MIB),
    },
    deviations: [
      ...failures,
      ...(last - second > FLAT_WITHIN_BYTES ? [`RSS is not flat: ${Math.round((last - second) / MIB)} MiB more`] : []),
    ],
  };
}

async function oneAssociation(place: TorturePlace, seriesSeed: string): Promise<string[]> {
  const { client, aeTitle } = place.attacking;
  const [ca, cert, key] = await Promise.all(
    [client.caPath, client.certPath, client.keyPath].map((path) => readFile(path)),
  );
  const titles = { callingAeTitle: aeTitle, calledAeTitle: 'MODELBANK' };
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: place.hub.dimsePort, tls: { ca, cert, key }, ...titles },
    presentationContexts: [CONTEXT],
  });
  const failures: string[] = [];
  for (let k = 0; k < INSTANCES_EACH; k += 1) {
    const plan = { seed: seriesSeed, k, side: 32 };
    const { code } = await association.store({
      ...CONTEXT,
      sopInstanceUid: sliceUids(plan).instance,
      source: sliceDataSet(plan),
    });
    if (code !== 0) failures.push(`an instance was answered with 0x${code.toString(16)}`);
  }
  await association.release();
  return failures;
}

const quarter = (samples: readonly number[], number: number): number[] => {
  const size = Math.floor(samples.length / 4);
  return samples.slice(number * size, (number + 1) * size);
};

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
