/**
 * The process that eats mutated data sets: structure check in random pieces, then everything that reads a header. Tells its
 * number before each input, so that the one that watches knows what it hangs on, or died of.
 */
import {
  DicomError,
  StructureCheck,
  openPart10,
  part10Preamble,
  readDescriptions,
  readInstanceHeader,
  readPatientIdentity,
  readPatientStudyModule,
  readPixelDescription,
  readPixelFrames,
  parseUid,
} from '@modelbank/dicom';
import { seededRandom } from '@modelbank/testing';
import { goodDataSets } from './good-inputs';
import type { GoodDataSet } from './good-inputs';
import { mutateDataSet } from './mutations';
import type { Random } from './mutations';

export interface ParserTask {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** How often it tells where it is: 1 finds the one input that ends or hangs it. */
  readonly newsEvery: number;
}

export interface ParserNews {
  /** Inputs before this one are done. */
  readonly next: number;
  readonly accepted: number;
  readonly rssBytes: number;
  /** CPU time of the slowest input so far. */
  readonly slowestMs: number;
  readonly done?: boolean;
}

const GOOD = goodDataSets();

/** Input number `index` of a seed: the same bytes in any process. */
export function mutatedDataSet(
  seed: number,
  index: number,
): { readonly good: GoodDataSet; readonly bytes: Buffer; readonly random: Random } {
  const random = seededRandom(seed * 1_000_003 + index);
  const good = GOOD[index % GOOD.length];
  return { good, bytes: mutateDataSet(good.bytes, random), random };
}

/** Whether it was accepted. Throws only what must never be thrown. */
export function eat(seed: number, index: number): boolean {
  const { good, bytes, random } = mutatedDataSet(seed, index);
  const file = fileOf(good.transferSyntaxUid, bytes);
  const isSound = survives(() => checkInPieces(good.transferSyntaxUid, bytes, random));
  for (const read of READERS) survives(() => read(file));
  return isSound;
}

const READERS: readonly ((file: Buffer) => unknown)[] = [
  (file) => readInstanceHeader(openPart10(file)),
  readPatientIdentity,
  readPatientStudyModule,
  readDescriptions,
  readPixelDescription,
  readPixelFrames,
];

function checkInPieces(transferSyntaxUid: string, bytes: Buffer, random: Random): void {
  const check = new StructureCheck(transferSyntaxUid);
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(random() ** 3 * 4_000);
    check.push(bytes.subarray(at, at + size));
    at += size;
  }
  check.finish();
}

function survives(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (thrown) {
    if (thrown instanceof DicomError) return false;
    throw thrown;
  }
}

function fileOf(transferSyntaxUid: string, dataSet: Buffer): Buffer {
  const meta = { sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.2'), sopInstanceUid: parseUid('1.2.3.4.5') };
  return Buffer.concat([part10Preamble({ ...meta, transferSyntaxUid: parseUid(transferSyntaxUid) }), dataSet]);
}

function run({ seed, from, count, newsEvery }: ParserTask): void {
  let accepted = 0;
  let slowestMs = 0;
  const tell = (next: number, done = false): void => {
    const news: ParserNews = { next, accepted, slowestMs, rssBytes: process.memoryUsage.rss(), done };
    process.send?.(news);
  };
  const step = (index: number): void => {
    const end = Math.min(from + count, index + newsEvery);
    for (let at = index; at < end; at += 1) {
      const started = process.cpuUsage();
      if (eat(seed, at)) accepted += 1;
      const { user, system } = process.cpuUsage(started);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
    }
    tell(end, end === from + count);
    if (end < from + count) setImmediate(step, end);
  };
  step(from);
}

if (require.main === module)
  process.once('message', (task: ParserTask) => run(task)).once('disconnect', () => process.exit(0));
