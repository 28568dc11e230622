/**
 * The soak (docs/torture.md): a million mutated inputs, the rows of the torture suite again and again, and memory over many
 * instances. `npm run soak -- [--inputs N] [--minutes N] [--seed S] [--only parser,scp,rows,at-once,memory]`
 */
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@modelbank/platform';
import { soakMemory } from './soak-memory';
import { soakParser } from './soak-parser';
import type { SoakOptions, SoakOutcome } from './soak-part';
import { repeatRows, rowsAtOnce } from './soak-rows';
import { soakScp } from './soak-scp';

/** Of the inputs, one in five is a conversation: a connection costs more than a parse. */
const PARTS: Readonly<Record<string, (options: SoakOptions) => Promise<SoakOutcome>>> = {
  parser: (options) => soakParser({ ...options, inputs: Math.ceil(options.inputs * 0.8) }),
  scp: (options) => soakScp({ ...options, inputs: Math.floor(options.inputs * 0.2) }),
  memory: soakMemory,
  rows: repeatRows,
  'at-once': rowsAtOnce,
};
const MOST_TOLD = 20;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '1000000' },
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      only: { type: 'string', default: Object.keys(PARTS).join(',') },
    },
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const options = { seed: Number(values.seed), inputs: Number(values.inputs), minutes: Number(values.minutes), say };
  say(`soak with seed ${options.seed}, ${options.inputs} inputs, ${options.minutes} minutes for each part with rows`);
  const outcomes: Record<string, SoakOutcome> = {};
  for (const part of values.only.split(',')) {
    say(`== ${part}`);
    outcomes[part] = await PARTS[part](options);
    say(JSON.stringify(outcomes[part].figures));
    for (const deviation of outcomes[part].deviations.slice(0, MOST_TOLD)) say(`  DEVIATION ${deviation}`);
  }
  const folder = join(repositoryRoot(), '.cache', 'torture');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'soak.json'), `${JSON.stringify({ ...options, outcomes }, null, 1)}\n`);
  const deviations = Object.values(outcomes).flatMap((outcome) => outcome.deviations);
  say(`${deviations.length} deviations`);
  process.exit(deviations.length === 0 ? 0 : 1);
}

void main();
