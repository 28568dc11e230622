/** The CT that the demonstration sends: a person's own folder, or a phantom made here, new for each run. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anthropomorphicPhantom, phantomSeriesUids, phantomToDicom } from '@modelbank/phantoms';
import { findInstances } from '../journey/find-instances';
import type { FoundInstances } from '../journey/find-instances';

/** `own` null: a fresh phantom, so that every run is a journey of its own. `runId` makes its UIDs. */
export async function scanToSend(own: string | null, folder: string, runId: string): Promise<FoundInstances> {
  if (own !== null) return findInstances([own]);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const phantom = anthropomorphicPhantom({ rows: 256, columns: 256, slices: 120, pixelSpacingMm: 1.6 });
  const files = phantomToDicom(phantom, {
    ...phantomSeriesUids(`demo ${runId}`),
    patientName: 'Phantom^Anthropomorphic',
    patientId: 'PHANTOM-1',
    date: '20260101',
    time: '120000',
  });
  let number = 0;
  for (const bytes of files) {
    number += 1;
    await writeFile(join(folder, `CT.${String(number).padStart(3, '0')}.dcm`), bytes);
  }
  return findInstances([folder]);
}
