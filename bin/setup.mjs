// Makes a fresh clone ready to run: installs when the lock file changed, builds when a source changed. Used by every command.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const INSTALL_STAMP = join(ROOT, 'node_modules', '.modelbank-lock');
const BUILD_STAMP = join(ROOT, 'dist', '.build-stamp');
const SOURCE_FOLDERS = ['apps', 'libs', 'certs', 'test'];

const digest = (text) => createHash('sha256').update(text).digest('hex');

/** Runs a command with its output shown on stderr (stdout stays for the answer); ends this process when it fails. */
export function run(command, args, { env = {}, quiet = false } = {}) {
  const done = spawnSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
    encoding: 'utf8',
  });
  if (done.status === 0) return;
  if (quiet) process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  process.stderr.write(`\n'${command} ${args.join(' ')}' failed${done.error ? `: ${done.error.message}` : ''}.\n`);
  process.exit(done.status ?? 1);
}

/** The path of a package's own command, without npx. */
export function packageCommand(name, script) {
  return join(ROOT, 'node_modules', name, script);
}

function requireNode20() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major === 20 && minor >= 11) return;
  process.stderr.write(`Modelbank needs Node 20 (20.11 or newer); this is ${process.versions.node}. See .nvmrc.\n`);
  process.exit(2);
}

/** `npm ci` when node_modules does not fit package-lock.json. */
export function ensureInstalled() {
  requireNode20();
  const wanted = digest(readFileSync(join(ROOT, 'package-lock.json')));
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === wanted) return;
  process.stderr.write('Installing dependencies (npm ci; the first time takes a minute or two) ...\n');
  // onnxruntime-node would download CUDA files; the CPU library is in the package. GPU nodes: see deploy/.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } });
  writeFileSync(INSTALL_STAMP, wanted);
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

function sourceDigest() {
  const lines = ['.swcrc', 'nest-cli.json'].map((path) => readFileSync(join(ROOT, path), 'utf8'));
  for (const folder of SOURCE_FOLDERS) {
    for (const path of sourceFiles(folder)) {
      const { mtimeMs, size } = statSync(join(ROOT, path));
      lines.push(`${path} ${mtimeMs} ${size}`);
    }
  }
  return digest(lines.join('\n'));
}

/** Compiles the sources to dist/ when one of them changed. */
export function ensureBuilt() {
  const wanted = sourceDigest();
  if (existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === wanted) return;
  process.stderr.write('Building ...\n');
  run(process.execPath, [packageCommand('@nestjs/cli', 'bin/nest.js'), 'build', 'hub'], { quiet: true });
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, wanted);
}

export function ensureReady() {
  ensureInstalled();
  ensureBuilt();
}
