// `npm run build`: install when needed, then compile.
import { ensureReady } from './setup.mjs';

ensureReady();
