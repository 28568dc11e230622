/** The objects folder on a disk that fails or dawdles at a word: test/faults/shim/broken-disk.c, compiled here. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@modelbank/platform';

export const HAS_COMPILER = spawnSync('gcc', ['--version']).status === 0;
export const WHY_NO_SHIM = 'gcc, which compiles the disk shim, is not there';

export interface BrokenDisk {
  /** For the hub's process. */
  readonly environment: NodeJS.ProcessEnv;
  fail(): void;
  takeFor(eachSyncMs: number): void;
  recover(): void;
}

export function brokenDisk(work: string, home: string): BrokenDisk {
  const [library, control] = [join(work, 'broken-disk.so'), join(work, 'control')];
  const source = join(repositoryRoot(), 'test/faults/shim/broken-disk.c');
  const { status, stderr } = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  if (status !== 0) throw new Error(stderr.toString());
  const say = (word: string) => writeFileSync(control, word);
  say('well');
  return {
    environment: { LD_PRELOAD: library, BROKEN_FOLDER: join(home, 'objects'), BROKEN_CONTROL: control },
    fail: () => say('eio'),
    takeFor: (eachSyncMs) => say(`slow ${eachSyncMs}`),
    recover: () => say('well'),
  };
}
