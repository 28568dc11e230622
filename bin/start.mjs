// `npm start`: sets up, then runs the main job: a hub, two demonstration centres, and a CT that travels to an RTSTRUCT.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureReady, ROOT } from './setup.mjs';

ensureReady();
createRequire(import.meta.url)(join(ROOT, 'dist/apps/cli/src/main.js')).main(['demo', ...process.argv.slice(2)]);
