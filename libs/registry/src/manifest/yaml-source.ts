/**
 * `model.yaml` as a plain value plus the line of every key. Only the plain part of YAML 1.2 is read: no anchors, no tags,
 * no duplicate keys and no empty values, so that what a reviewer sees is what the hub gets.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import { ManifestError, pathText } from './manifest-problem';
import type { ManifestPath, ManifestProblem } from './manifest-problem';

/** A manifest is a page or two; anything larger is a mistake or an attack. */
export const MAX_MANIFEST_CHARACTERS = 256 * 1024;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export interface YamlSource {
  readonly value: unknown;
  /** Line of the key at `path`, else of its nearest existing parent. */
  lineOf(path: ManifestPath): number;
}

/** Reads the text or throws a ManifestError that names every line that is not plain YAML. */
export function readYaml(text: string): YamlSource {
  if (text.length > MAX_MANIFEST_CHARACTERS) {
    throw new ManifestError([problem([], 1, `longer than ${MAX_MANIFEST_CHARACTERS} characters; shorten it`)]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const syntax = [...document.errors, ...document.warnings].map((error) =>
    problem([], lineAt(error.pos[0]), `not valid YAML: ${error.message}`),
  );
  const problems = syntax.length > 0 ? syntax : notPlain(document, lineAt);
  if (problems.length > 0) throw new ManifestError(problems);
  return { value: document.toJS({ maxAliasCount: 0 }), lineOf: (path) => lineAt(offsetOf(document, path)) };
}

function problem(path: ManifestPath, line: number, message: string): ManifestProblem {
  return { path: pathText(path), line, message };
}

function notPlain(document: Document.Parsed, lineAt: (offset: number) => number): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const add = (offset: number, message: string, path: ManifestPath = []) =>
    problems.push(problem(path, lineAt(offset), message));
  visit(document, {
    Alias: (_, node) => void add(node.range?.[0] ?? 0, 'an alias (*) is not allowed; write the value out'),
    Node: (_, node) => {
      if (node.anchor !== undefined) add(startOf(node), 'an anchor (&) is not allowed; write the value out');
      if (node.tag !== undefined) add(startOf(node), 'a tag (!) is not allowed; remove it');
    },
    Pair: (_, pair) => {
      const key = isScalar(pair.key) ? pair.key : undefined;
      const offset = key === undefined ? 0 : startOf(key);
      if (key === undefined || typeof key.value !== 'string') add(offset, 'a key must be a plain word');
      else if (FORBIDDEN_KEYS.has(key.value)) add(offset, 'this key is not allowed; remove it');
      else if (isEmpty(pair)) add(offset, 'has no value; give one or remove the key', [key.value]);
    },
  });
  return problems;
}

function isEmpty(pair: Pair): boolean {
  return pair.value === null || (isScalar(pair.value) && pair.value.value === null);
}

function startOf(node: unknown): number {
  return (node as Node).range?.[0] ?? 0;
}

function offsetOf(document: Document.Parsed, path: ManifestPath): number {
  let node: unknown = document.contents;
  let offset = node === null ? 0 : startOf(node);
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (pair === undefined) return offset;
      offset = startOf(pair.key);
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number' && part < node.items.length) {
      node = node.items[part];
      offset = startOf(node);
    } else return offset;
  }
  return offset;
}
