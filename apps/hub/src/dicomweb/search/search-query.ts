/** The query of a search (PS3.18 8.3.4), parsed and bounded before anything is looked up. */
import { HubError } from '@modelbank/contracts';
import { dateMatcher, textMatcher, timeMatcher, uidsOf } from './match-value';
import type { ValueMatcher } from './match-value';
import { LEVELS, searchKeyOf } from './search-keys';
import type { SearchKey, SearchLevel } from './search-keys';

export interface SearchQuery {
  /** UIDs by keyword: looked up in the rows. */
  readonly uids: Readonly<Partial<Record<string, readonly string[]>>>;
  /** Looked up by its keyed digest. */
  readonly patient?: { readonly id: string; readonly issuer: string };
  /** Compared with what was found. */
  readonly filters: readonly { readonly key: SearchKey; readonly matches: ValueMatcher }[];
  readonly limit: number;
  readonly offset: number;
  /** For `Warning` headers. */
  readonly warnings: readonly string[];
}

export const MOST_RESULTS = 1000;
const MOST_KEYS = 16;
const MOST_PARAMETERS = 64;
const LONGEST_QUERY = 8192;
const LONGEST_VALUE = 64;
const CONTROLS: ReadonlySet<string> = new Set(['limit', 'offset', 'includefield', 'fuzzymatching']);
/** PS3.18 8.3.4.5 and 8.3.4.6: other ways to match, which we have not. */
const OTHER_MATCHING: ReadonlySet<string> = new Set(['emptyvaluematching', 'multiplevaluematching']);

/** `text` is what stands after the question mark. Throws INVALID_REQUEST; its message repeats nothing of the text. */
export function parseSearchQuery(text: string, level: SearchLevel): SearchQuery {
  if (text.length > LONGEST_QUERY) throw invalid('the query is too long');
  const parameters = [...new URLSearchParams(text)];
  const matches = parameters.filter(([name]) => !CONTROLS.has(name) && !OTHER_MATCHING.has(name));
  if (matches.length > MOST_KEYS) throw invalid(`a search has at most ${MOST_KEYS} keys`);
  if (parameters.length > MOST_PARAMETERS) throw invalid(`a search has at most ${MOST_PARAMETERS} parameters`);
  const control = new Map(parameters);
  return {
    ...keysOf(matches, level),
    limit: Math.min(wholeNumber(control.get('limit'), MOST_RESULTS), MOST_RESULTS),
    offset: wholeNumber(control.get('offset'), 0),
    warnings: warningsOf(control),
  };
}

function keysOf(
  matches: readonly (readonly [string, string])[],
  level: SearchLevel,
): Pick<SearchQuery, 'uids' | 'patient' | 'filters'> {
  const uids: Record<string, readonly string[]> = {};
  const filters: { key: SearchKey; matches: ValueMatcher }[] = [];
  const patient: { id?: string; issuer?: string } = {};
  const seen = new Set<SearchKey>();
  for (const [name, value] of matches) {
    const key = keyOfLevel(name, level);
    if (seen.has(key)) throw invalid(`${key.keyword} is there twice`);
    seen.add(key);
    if (isUniversal(value)) continue;
    if (key.kind === 'uid') uids[key.keyword] = uidsOf(value);
    else if (key.kind === 'patientId') patient.id = literal(key, value);
    else if (key.kind === 'issuer') patient.issuer = literal(key, value);
    else filters.push({ key, matches: matcherOf(key, value) });
  }
  if (patient.id === undefined && patient.issuer !== undefined) throw invalid('IssuerOfPatientID needs a PatientID');
  return {
    uids,
    filters,
    patient: patient.id === undefined ? undefined : { id: patient.id, issuer: patient.issuer ?? '' },
  };
}

/** An empty value and `*` match everything (PS3.4 C.2.2.2.3). */
function isUniversal(value: string): boolean {
  return value === '' || value === '*';
}

function keyOfLevel(name: string, level: SearchLevel): SearchKey {
  const key = searchKeyOf(name);
  if (key === undefined || LEVELS.indexOf(key.level) > LEVELS.indexOf(level)) {
    throw invalid('a key is not one that this search can be done by', 'The keys are listed in docs/dicomweb.md.');
  }
  return key;
}

function matcherOf(key: SearchKey, value: string): ValueMatcher {
  if (key.kind === 'date') return dateMatcher(value);
  if (key.kind === 'time') return timeMatcher(value);
  if (key.kind === 'text') return textMatcher(bounded(key, value));
  throw invalid(`${key.keyword} cannot be searched by`, 'Search by PatientID, whole and without wildcards.');
}

/** The hub knows a patient by a keyed digest of the whole id. */
function literal(key: SearchKey, value: string): string {
  if (/[*?\\]/.test(value)) throw invalid(`${key.keyword} is matched as a whole: no wildcards`);
  return bounded(key, value);
}

function bounded({ keyword }: SearchKey, value: string): string {
  if (value.length > LONGEST_VALUE) throw invalid(`${keyword} is longer than ${LONGEST_VALUE} characters`);
  return value;
}

function wholeNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$|^1\d{9}$/.test(text)) throw invalid('limit and offset are whole numbers');
  return Number(text);
}

function warningsOf(control: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = [];
  if (control.get('fuzzymatching') === 'true') {
    warnings.push('fuzzymatching is not supported: values were matched literally');
  }
  if ([...OTHER_MATCHING].some((name) => control.get(name) === 'true')) {
    warnings.push('emptyvaluematching and multiplevaluematching are not supported');
  }
  if (Number(control.get('limit') ?? 0) > MOST_RESULTS)
    warnings.push(`at most ${MOST_RESULTS} results are given at a time`);
  return warnings;
}

function invalid(message: string, advice?: string): HubError {
  return new HubError('INVALID_REQUEST', message, { advice });
}
