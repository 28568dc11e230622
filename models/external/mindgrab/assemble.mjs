#!/usr/bin/env node
// Makes a package folder that `modelbank model register` takes: this manifest, its card, and weights that you already have.
//   node models/external/mindgrab/assemble.mjs <mindgrab.onnx> <package-folder>
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Converted from neuroneural/brainchop-models @ 3d81b598, meshnet/mindgrab/model.pth.
const WEIGHTS_SHA256 = 'f401e761fcf5885057914fe38c1ae3fd762bb65dc30b45cea12b54c2e21c950c';

const [weights, folder] = process.argv.slice(2);
if (weights === undefined || folder === undefined) fail('usage: assemble.mjs <mindgrab.onnx> <package-folder>');
if (!existsSync(weights)) fail(`there is no file ${weights}`);
if (existsSync(folder)) fail(`${folder} exists already; name a new folder`);
const digest = createHash('sha256').update(readFileSync(weights)).digest('hex');
if (digest !== WEIGHTS_SHA256)
  fail(`${weights} has SHA-256 ${digest}; the manifest was checked with ${WEIGHTS_SHA256}`);

const here = dirname(fileURLToPath(import.meta.url));
mkdirSync(folder, { recursive: true });
for (const name of ['model.yaml', 'MODEL_CARD.md']) copyFileSync(join(here, name), join(folder, name));
copyFileSync(weights, join(folder, 'mindgrab.onnx'));
process.stdout.write(`${folder}\n`);

function fail(message) {
  process.stderr.write(`assemble: ${message}\n`);
  process.exit(2);
}
