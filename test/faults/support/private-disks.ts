/**
 * Small file systems for one hub process: mounted in a namespace of its own (unshare), so that filling, unmounting or
 * remounting them touches nothing else on the machine. The test looks in through `/proc/<pid>/root`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HomeOf, Launcher } from '../../journeys/support/journey-hub';

export interface PrivateDisks {
  readonly launch: Launcher;
  readonly homeOf: HomeOf;
}

/** Root needs no user namespace, in which it would lose some of what it may. */
const IS_ROOT = process.getuid?.() === 0;
const UNSHARE = IS_ROOT ? '-m' : '-rm';
/** Whether this machine lets us: root, or user namespaces. */
export const MAY_MOUNT = spawnSync('unshare', [UNSHARE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
export const WHY_NOT = `unshare ${UNSHARE} cannot mount a tmpfs on this machine`;

/** The objects folder of `home` becomes a tmpfs of its own. */
export function objectsOnTmpfs(home: string, mebibytes: number): PrivateDisks {
  const objects = join(home, 'objects');
  mkdirSync(objects, { recursive: true });
  return inNamespace(home, `mount -t tmpfs -o size=${mebibytes}m tmpfs '${objects}'`);
}

/** The home with its database becomes a tmpfs that begins as a copy of it; the objects another, with room. */
export function homeOnTmpfs(home: string, mebibytes: number): PrivateDisks {
  const stage = `${home}-stage`;
  mkdirSync(join(home, 'objects'), { recursive: true });
  mkdirSync(stage, { recursive: true });
  return inNamespace(
    home,
    `mount -t tmpfs -o size=${mebibytes}m tmpfs '${stage}' && cp -a '${home}/.' '${stage}/' && ` +
      `mount --bind '${stage}' '${home}' && mount -t tmpfs -o size=64m tmpfs '${home}/objects'`,
  );
}

/** Runs a program where the hub sees its disks, and fails when it fails. */
export function inside(pid: number, ...command: readonly string[]): void {
  const { status, stderr } = spawnSync('nsenter', [
    '-t',
    String(pid),
    ...(IS_ROOT ? [] : ['-U']),
    '-m',
    '--',
    ...command,
  ]);
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr.toString()}`);
}

function inNamespace(home: string, mounts: string): PrivateDisks {
  return {
    // unshare and sh end by becoming the hub: the process id stays
    launch: (command) => ['unshare', UNSHARE, 'sh', '-c', `${mounts} && exec "$@"`, 'sh', ...command],
    homeOf: (pid) => `/proc/${pid}/root${home}`,
  };
}
