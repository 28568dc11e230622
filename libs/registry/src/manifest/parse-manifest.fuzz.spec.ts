import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { EXAMPLE_MANIFEST } from './example-manifest';
import { ManifestError } from './manifest-problem';
import { parseManifest } from './parse-manifest';

type Tree = { [key: string]: Tree } | Tree[] | string | number | boolean | null;

/** Every place in the tree, as keys and positions from the root. */
function places(tree: Tree, path: (string | number)[] = []): (string | number)[][] {
  if (typeof tree !== 'object' || tree === null) return [path];
  const entries = Array.isArray(tree) ? [...tree.entries()] : Object.entries(tree);
  return [path, ...entries.flatMap(([key, value]) => places(value, [...path, key]))];
}

function replaced(tree: Tree, [key, ...rest]: readonly (string | number)[], value: Tree): Tree {
  if (key === undefined) return value;
  const copy = (Array.isArray(tree) ? [...tree] : { ...(tree as object) }) as Record<string | number, Tree>;
  copy[key] = replaced(copy[key], rest, value);
  return copy as Tree;
}

/** The manifest, or the problems that parsing told; anything else that is thrown fails the test. */
function reading(text: string): unknown {
  try {
    return parseManifest(text);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ManifestError);
    const { problems } = thrown as ManifestError;
    expect(problems.length).toBeGreaterThan(0);
    const lastLine = text.split('\n').length;
    problems.forEach(({ line, message }) => {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lastLine);
      expect(message).not.toMatch(/undefined|\[object|must be one of $/);
    });
    return problems;
  }
}

describe('parseManifest on anything', () => {
  const example = parse(EXAMPLE_MANIFEST) as Tree;
  const anyTree = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Tree>;

  it('reads or refuses the example with any value at any place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places(example)), anyTree, (place, value) => {
        reading(stringify(replaced(example, place, value)));
      }),
      { numRuns: 500 },
    );
  });

  it('reads or refuses any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void reading(text)));
    fc.assert(fc.property(fc.lorem(), (text) => void reading(EXAMPLE_MANIFEST.slice(0, 200) + text)));
  });

  it('reads its own reading', () => {
    const manifest = parseManifest(EXAMPLE_MANIFEST);
    expect(parseManifest(stringify(manifest))).toEqual(manifest);
  });
});
