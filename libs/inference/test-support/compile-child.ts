/** Compiles the libraries as they are now into the cache, so that a test runs the child of today and not of the last build. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Path of the compiled `child-main.js`. */
export function compileChild(): string {
  const folder = join(ROOT, '.cache', `inference-child-${process.env.JEST_WORKER_ID ?? '0'}`);
  const swc = join(ROOT, 'node_modules/@swc/cli/bin/swc.js');
  const swcArguments = ['libs', '--out-dir', folder, '--config-file', '.swcrc', '--quiet', '--ignore', '**/*spec.ts'];
  execFileSync(process.execPath, [swc, ...swcArguments], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'libs/inference/src/child-main.js');
}
