/** Reads the configuration once: defaults, `<home>/modelbank.yaml` where it exists, environment; refuses what is not valid. */
import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { parseDocument } from 'yaml';
import { HubError } from '@modelbank/contracts';
import { Configuration } from './configuration';
import { ENVIRONMENT } from './environment';
import type { EnvironmentVariable } from './environment';

type Tree = { [key: string]: unknown };
export type Environment = Readonly<Record<string, string | undefined>>;

export const CONFIGURATION_FILE = 'modelbank.yaml';

/**
 * The validated configuration. `home` (of a command line option) wins over MODELBANK_HOME. Throws INVALID_CONFIGURATION
 * that names every wrong key, and never its value.
 */
export function loadConfiguration(env: Environment, home?: string): Configuration {
  const folder = resolve(home ?? (env.MODELBANK_HOME || '.modelbank'));
  const tree = readFileTree(join(folder, CONFIGURATION_FILE));
  for (const variable of ENVIRONMENT) {
    const text = env[variable.name];
    if (text !== undefined && text !== '') setPath(tree, variable.key, parse(variable, text));
  }
  tree.home = folder;
  const configuration = plainToInstance(Configuration, tree, { exposeDefaultValues: true });
  const problems = validateSync(configuration, { whitelist: true, forbidNonWhitelisted: true }).flatMap((e) =>
    explain(e),
  );
  if (configuration.database?.type !== 'sqlite' && !configuration.database?.url) {
    problems.push('database.url is needed for this database.type');
  }
  if (problems.length > 0) throw invalid(problems.join('; '));
  return Object.freeze(configuration);
}

/** The configuration as it may be shown: no passwords. */
export function printable(configuration: Configuration): Tree {
  const copy = structuredClone({ ...configuration }) as unknown as Tree;
  const database = copy.database as { url?: string };
  if (database.url !== undefined) database.url = withoutPassword(database.url);
  return copy;
}

function withoutPassword(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    return `${protocol}//***@${hostname}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    return '***';
  }
}

function readFileTree(path: string): Tree {
  if (!existsSync(path)) return {};
  const document = parseDocument(readFileSync(path, 'utf8'));
  const [error] = document.errors;
  if (error) throw invalid(`${CONFIGURATION_FILE} line ${error.linePos?.[0].line ?? '?'} is not YAML (${error.code})`);
  const tree: unknown = document.toJS();
  if (tree === null || tree === undefined) return {};
  if (typeof tree !== 'object' || Array.isArray(tree)) throw invalid(`${CONFIGURATION_FILE} must hold keys and values`);
  return tree as Tree;
}

function parse(variable: EnvironmentVariable, text: string): unknown {
  switch (variable.kind) {
    case 'text':
      return text;
    case 'integer':
      return integer(variable, text);
    case 'integers':
      return text.split(',').map((part) => integer(variable, part.trim()));
    case 'flag':
      if (/^(1|true|yes)$/i.test(text)) return true;
      if (/^(0|false|no)$/i.test(text)) return false;
      throw invalid(`${variable.name} (${variable.key}) must be true or false`);
  }
}

function integer(variable: EnvironmentVariable, text: string): number {
  if (!/^-?\d{1,16}$/.test(text)) throw invalid(`${variable.name} (${variable.key}) must be a whole number`);
  return Number(text);
}

function setPath(tree: Tree, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  let node = tree;
  for (const key of keys) {
    const next = node[key];
    if (next === null || typeof next !== 'object' || Array.isArray(next)) node[key] = {};
    node = node[key] as Tree;
  }
  node[last] = value;
}

function explain(error: ValidationError, parent = ''): string[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) =>
    rule === 'whitelistValidation' ? `${path} is not a key of the configuration` : `${path}: ${message}`,
  );
  return [...own, ...(error.children ?? []).flatMap((child) => explain(child, path))];
}

function invalid(message: string): HubError {
  return new HubError('INVALID_CONFIGURATION', message, {
    advice: `correct ${CONFIGURATION_FILE} in MODELBANK_HOME, or the environment variable`,
  });
}
