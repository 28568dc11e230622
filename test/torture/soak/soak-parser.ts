/** Mutated data sets through structure check and header readers, in a process that is watched: no crash, no hang, bounded memory. */
import { fork } from 'node:child_process';
import { compiledEntry } from '@modelbank/platform';
import type { ParserNews, ParserTask } from './parser-process';
import { MIB, MOST_GROWTH_BYTES, MOST_MS } from './soak-part';
import type { SoakOptions, SoakOutcome } from './soak-part';

const NEWS_EVERY = 500;
/** Nobody is silent for so long, however busy the machine: one of its last inputs hangs it. */
const SILENT_FOR_MS = 60_000;
const SILENT_ONE_MS = 20_000;
/** The first inputs compile the code. */
const WARM_INPUTS = 20_000;

interface Fed {
  readonly news: ParserNews;
  readonly warmRssBytes: number;
  readonly mostRssBytes: number;
  /** How it ended, when not at its end. */
  readonly ended?: string;
}

export async function soakParser(options: SoakOptions): Promise<SoakOutcome> {
  const { seed, inputs, say } = options;
  const startedMs = performance.now();
  const fed = await feed({ seed, from: 0, count: inputs, newsEvery: NEWS_EVERY }, SILENT_FOR_MS, (news) => {
    if (news.next % 100_000 < NEWS_EVERY) say(`  parser: ${news.next} inputs, ${Math.round(news.rssBytes / MIB)} MiB`);
  });
  const { news, ended } = fed;
  const growth = fed.mostRssBytes - fed.warmRssBytes;
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    figures: {
      seed,
      inputs: news.next,
      accepted: news.accepted,
      seconds: Math.round(seconds),
      slowestCpuMs: Math.round(news.slowestMs),
      rssGrowthMiB: Math.round(growth / MIB),
    },
    deviations: [
      ...(ended === undefined ? [] : [await culprit(seed, news.next, ended)]),
      ...(news.slowestMs > MOST_MS ? [`an input took ${Math.round(news.slowestMs)} ms of CPU`] : []),
      ...(growth > MOST_GROWTH_BYTES ? [`the parser grew by ${Math.round(growth / MIB)} MiB`] : []),
    ],
  };
}

/** Feeds the inputs after the last good news again, one by one, to name the one that does it. */
async function culprit(seed: number, from: number, ended: string): Promise<string> {
  const { news, ended: again } = await feed({ seed, from, count: NEWS_EVERY, newsEvery: 1 }, SILENT_ONE_MS);
  const where = again === undefined ? `between ${from} and ${from + NEWS_EVERY}` : String(news.next);
  return `the parser ${ended} on input ${where} of seed ${seed}`;
}

function feed(task: ParserTask, silentMs: number, onNews: (news: ParserNews) => void = () => undefined): Promise<Fed> {
  const child = fork(compiledEntry('test/torture/soak/parser-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let news: ParserNews = { next: task.from, accepted: 0, rssBytes: 0, slowestMs: 0 };
  let [warmRssBytes, mostRssBytes] = [0, 0];
  return new Promise((resolve) => {
    const end = (ended?: string): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.kill('SIGKILL');
      resolve({ news, warmRssBytes, mostRssBytes, ended });
    };
    const watch = () => setTimeout(() => end('hangs'), silentMs);
    let timer = watch();
    child.on('message', (message: ParserNews) => {
      clearTimeout(timer);
      timer = watch();
      news = message;
      if (news.next - task.from <= WARM_INPUTS) warmRssBytes = news.rssBytes;
      mostRssBytes = Math.max(mostRssBytes, news.rssBytes);
      onNews(news);
      if (news.done) end();
    });
    child.once('exit', (code, signal) => end(`ended (${signal ?? code})`));
    child.send(task);
  });
}
