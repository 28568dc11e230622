/** Finds the compiled file of a source file, for child processes: they run JavaScript also when the parent runs from sources. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { HubError } from '@modelbank/contracts';

/** This file lies in `<root>/libs/platform/src` or `<root>/dist/libs/platform/src`. */
const ABOVE_LIBS = resolve(__dirname, '..', '..', '..');

/** The folder that holds package.json. */
export function repositoryRoot(): string {
  const isBuild = basename(ABOVE_LIBS) === 'dist' && existsSync(join(dirname(ABOVE_LIBS), 'package.json'));
  return isBuild ? dirname(ABOVE_LIBS) : ABOVE_LIBS;
}

/** `libs/inference/src/child.ts` -> `<root>/dist/libs/inference/src/child.js`; says how to build when it is missing. */
export function compiledEntry(relative: string): string {
  const path = join(repositoryRoot(), 'dist', relative.replace(/\.ts$/, '.js'));
  if (!existsSync(path)) {
    throw new HubError('INVALID_CONFIGURATION', 'a program of the hub was not built', { advice: 'run: npm run build' });
  }
  return path;
}
