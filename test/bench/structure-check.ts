/**
 * What the structure check costs: MB/s of CPU time for pixels, a large RTSTRUCT, many small elements, and a bomb. Run:
 * `npm run build && node dist/test/bench/structure-check.js`.
 */
import { StructureCheck, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import { element, sequence } from '../support/ct-slices';
import { largeStructureSet } from '../support/large-structure-set';

const RUNS = 7;
const MB = 1e6;
/** Pieces as a PDU brings them. */
const PIECE_BYTES = 131_072;

function cpuMs(run: () => void): number {
  const started = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function check(dataSet: Buffer, transferSyntax: string): void {
  const structure = new StructureCheck(transferSyntax);
  for (let at = 0; at < dataSet.length; at += PIECE_BYTES) structure.push(dataSet.subarray(at, at + PIECE_BYTES));
  structure.finish();
}

function measure(what: string, dataSet: Buffer, transferSyntax: string = EXPLICIT_VR_LITTLE_ENDIAN): void {
  const times = Array.from({ length: RUNS }, () => cpuMs(() => check(dataSet, transferSyntax))).sort((a, b) => a - b);
  const median = times[Math.floor(RUNS / 2)];
  const speed = Math.round(dataSet.length / MB / (median / 1000));
  process.stdout.write(
    `${what.padEnd(44)} ${(dataSet.length / MB).toFixed(1).padStart(7)} MB ${median.toFixed(1).padStart(8)} ms CPU ${String(speed).padStart(7)} MB/s\n`,
  );
}

const small = (explicit: boolean): Buffer =>
  Buffer.concat(
    Array.from({ length: 500_000 }, () => {
      const whole = element(0x00211001, 'LO', 'twelve bytes');
      return explicit ? whole : Buffer.concat([whole.subarray(0, 4), Buffer.from([12, 0, 0, 0]), whole.subarray(8)]);
    }),
  );
const nested = Buffer.concat(
  Array.from({ length: 100_000 }, () => sequence(0x00081140, element(0x00081155, 'UI', '1.2.840.113619.2.55.3.604'))),
);

const bomb = Buffer.concat(
  Array.from({ length: 100_000 }, () =>
    Buffer.from('4000' + '30a7' + '5351' + '0000ffffffff' + 'feff00e0ffffffff', 'hex'),
  ),
);
const refusals = Array.from({ length: RUNS }, () =>
  cpuMs(() => {
    try {
      check(bomb, EXPLICIT_VR_LITTLE_ENDIAN);
    } catch {
      // refused, as it must be
    }
  }),
);
process.stdout.write(
  `sequences nested 100000 deep: refused after ${Math.max(...refusals).toFixed(1)} ms CPU at most\n`,
);

measure('CT slice of 512 x 512', element(0x7fe00010, 'OW', Buffer.alloc(524_288)));
measure('511 MB of pixels', element(0x7fe00010, 'OW', Buffer.alloc(511_000_000)));
measure('RTSTRUCT of 2000000 points', largeStructureSet());
measure('500000 small elements, explicit VR', small(true));
measure('500000 small elements, implicit VR', small(false), IMPLICIT_VR_LITTLE_ENDIAN);
measure('100000 sequences of one item', nested);
