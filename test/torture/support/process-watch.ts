/** What a process uses, read from /proc: memory, files, sockets, CPU time. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const PAGE_BYTES = 4096;
const TICK_MS = 10;
const SAMPLE_EVERY_MS = 40;

export interface OpenFiles {
  readonly files: number;
  readonly sockets: number;
}

export function isAlive(pid: number): boolean {
  try {
    const [state] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/** 0 for a process that is gone. */
export function rssBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** User and system time, to 10 ms. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export function openFiles(pid: number): OpenFiles {
  const links = namesIn(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
  const sockets = links.filter((link) => link.startsWith('socket:')).length;
  return { files: links.filter((link) => link !== '').length - sockets, sockets };
}

/** Grows with every child process that has ended, and counts those that run: any change means that one was started. */
export function childrenTrace(pid: number): string {
  const faultsOfEnded = readText(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[8] ?? '';
  return `${childrenOf(pid).sort().join(' ')} (${faultsOfEnded})`;
}

export const hasChildren = (pid: number): boolean => childrenOf(pid).length > 0;

function childrenOf(pid: number): string[] {
  return namesIn(`/proc/${pid}/task`).flatMap((task) =>
    readText(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean),
  );
}

/** Looks again and again until it is stopped. */
export class RssPeak {
  private readonly timer: NodeJS.Timeout;
  private highest: number;

  constructor(private readonly pid: number) {
    this.highest = rssBytes(pid);
    this.timer = setInterval(() => this.look(), SAMPLE_EVERY_MS);
  }

  stop(): number {
    clearInterval(this.timer);
    this.look();
    return this.highest;
  }

  private look(): void {
    this.highest = Math.max(this.highest, rssBytes(this.pid));
  }
}

/** A file may be closed while we look. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
