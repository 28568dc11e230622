// `npm run soak`: builds what is needed and runs the soak with the same arguments; see docs/torture.md.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureReady, ROOT } from './setup.mjs';

ensureReady();
const soak = join(ROOT, 'dist', 'test', 'torture', 'soak', 'soak.js');
const { status } = spawnSync(process.execPath, [soak, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
process.exit(status ?? 1);
