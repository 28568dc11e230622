/** Where a hub has written: only its database, its objects and its logs may change; canaries around them never. */
import { lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export const CANARY_TEXT = 'whoever changes this has left the storage root\n';
/** What a hub may write at any time, below the place; objects and parts have rules of their own. */
const ALLOWED =
  /^marker$|^home\/(modelbank\.sqlite(-wal|-shm|-journal)?|objects\/instances\/|objects\/\.parts\/|secrets\/[\w-]+\.key$|hub\.json)/;
const OBJECT = /^home\/objects\/instances\/[0-9a-f]{2}\/[0-9a-f]{64}$/;
/** Attacks of the suite name their files so. */
const ATTACK_NAME = /pwn/i;

export class Footprint {
  private readonly canaries: readonly string[];

  /** `root` holds `home`, and `tmp` for temporary files. */
  constructor(private readonly root: string) {
    mkdirSync(join(root, 'home', 'objects'), { recursive: true });
    mkdirSync(join(root, 'tmp'), { recursive: true });
    this.canaries = ['', 'home', 'home/objects', 'tmp'].map((folder) => join(root, folder, 'canary.txt'));
    for (const path of this.canaries) writeFileSync(path, CANARY_TEXT);
  }

  /** A moment by the clock of the file system. */
  moment(): number {
    const marker = join(this.root, 'marker');
    writeFileSync(marker, '');
    return changedMs(marker);
  }

  /** Everything that was written since a moment where nothing may be written. */
  strayedSince(sinceMs: number): string[] {
    const below = filesBelow(this.root, (path) => path === 'home/objects/instances')
      .filter((path) => !ALLOWED.test(path) && changedMs(join(this.root, path)) >= sinceMs)
      .map((path) => `${path} was written`);
    const system = filesBelow('/etc')
      .filter((path) => changedMs(join('/etc', path)) >= sinceMs)
      .map((path) => `/etc/${path} was written`);
    const temporary = readdirSync('/tmp')
      .filter((name) => ATTACK_NAME.test(name))
      .map((name) => `/tmp/${name} is there`);
    const canaries = this.canaries
      .filter((path) => readText(path) !== CANARY_TEXT)
      .map((path) => `the canary ${path.slice(this.root.length)} was touched`);
    return [...below, ...system, ...temporary, ...canaries];
  }

  /** Objects under names that are no digests: something of a peer became part of a path. */
  oddObjects(): string[] {
    return filesBelow(join(this.root, 'home/objects/instances'))
      .map((path) => `home/objects/instances/${path}`)
      .filter((path) => !OBJECT.test(path));
  }

  /** Part files that are there at this moment. */
  parts(): string[] {
    return namesIn(join(this.root, 'home/objects/.parts'));
  }
}

function filesBelow(folder: string, skip: (path: string) => boolean = () => false): string[] {
  const found: string[] = [];
  const pending = [''];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for (const entry of entriesOf(join(folder, path))) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory() && !skip(inside)) pending.push(inside);
      else if (!entry.isDirectory()) found.push(inside);
    }
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

const namesIn = (folder: string): string[] => entriesOf(folder).map(({ name }) => basename(name));

/** When content or name changed; a file that is gone did not. */
function changedMs(path: string): number {
  try {
    const { mtimeMs, ctimeMs } = lstatSync(path);
    return Math.max(mtimeMs, ctimeMs);
  } catch {
    return 0;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
