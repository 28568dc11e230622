/** Semantic versions (semver.org 2.0.0) as the registry orders them: precedence by numbers, then by pre-release. */

const NUMBER = '(0|[1-9]\\d{0,8})';
const PRERELEASE = '(?:0|[1-9]\\d{0,8}|\\d*[A-Za-z-][0-9A-Za-z-]{0,31})';

/** Without build metadata: two packages that differ in it only would have the same precedence. */
export const SEMANTIC_VERSION = new RegExp(
  `^(?=.{1,64}$)${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${PRERELEASE}(?:\\.${PRERELEASE})*))?$`,
);

/** Negative when `a` is older than `b`, positive when newer, 0 when they are the same version. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [partsOf(a), partsOf(b)];
  for (let part = 0; part < 3; part += 1) {
    if (first.numbers[part] !== second.numbers[part]) return first.numbers[part] - second.numbers[part];
  }
  return comparePrereleases(first.prerelease, second.prerelease);
}

function partsOf(version: string): { numbers: number[]; prerelease: string[] } {
  const match = SEMANTIC_VERSION.exec(version);
  if (match === null) throw new RangeError(`not a semantic version: ${version.slice(0, 64)}`);
  return { numbers: [match[1], match[2], match[3]].map(Number), prerelease: match[4]?.split('.') ?? [] };
}

/** A release is newer than its pre-releases; identifiers compare one by one, numbers below words (semver 11.4). */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = compareIdentifiers(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber && bIsNumber) return Number(a) - Number(b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
