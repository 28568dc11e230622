/**
 * Patterns that a manifest may hold for descriptions: a subset of regular expressions whose matching time is bounded
 * before it runs. The engine tries paths one after the other, so the number of paths is counted from the pattern:
 * alternatives add, a sequence multiplies, a repetition counts once per character of the longest text.
 */

export const MAX_PATTERN_LENGTH = 128;
/** Descriptions are LO (PS3.5 6.2: 64 characters); longer ones are cut here before matching. */
export const MAX_MATCHED_CHARACTERS = 128;
const MAX_PATHS = 50_000;
const REPETITION = /^(?:[*+]|\{\d{1,3}(?:,\d{0,3})?\})\??/;
const ESCAPE = /^\\[bBdDsSwW.*+?()[\]{}|^$/\\-]/;
const CHARACTER_CLASS = /^\[\^?(?:[^\]\\[]|\\[dDsSwW.*+?()[\]{}|^$/\\-])+\]/;

/** Why the pattern may not be used, in words; undefined when it may. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length === 0 || pattern.length > MAX_PATTERN_LENGTH) {
    return `must have 1 to ${MAX_PATTERN_LENGTH} characters; split it into several patterns`;
  }
  try {
    const reader = new PatternReader(pattern);
    const paths = reader.alternatives();
    if (!reader.atEnd) return `has a ")" too many at character ${reader.position + 1}`;
    new RegExp(pattern, 'i');
    return paths > MAX_PATHS ? 'could take too long; use fewer *, + and alternatives' : undefined;
  } catch (thrown) {
    return thrown instanceof PatternRefusal ? thrown.message : 'is not a regular expression; correct it';
  }
}

/** A checked pattern as a case-insensitive test of a text, cut to the length that the bound was counted for. */
export function descriptionMatcher(pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern, 'i');
  return (text) => expression.test(text.slice(0, MAX_MATCHED_CHARACTERS));
}

class PatternRefusal extends Error {}

/** Recursive descent over the allowed subset; every method returns the number of paths of what it read. */
class PatternReader {
  position = 0;

  constructor(private readonly pattern: string) {}

  get atEnd(): boolean {
    return this.position >= this.pattern.length;
  }

  alternatives(): number {
    let paths = this.sequence();
    while (this.take('|')) paths += this.sequence();
    return paths;
  }

  private sequence(): number {
    let paths = 1;
    while (!this.atEnd && !'|)'.includes(this.pattern[this.position])) paths *= this.quantified();
    return paths;
  }

  private quantified(): number {
    const isGroup = this.pattern[this.position] === '(';
    const paths = isGroup ? this.group() : this.atom();
    const repetition = this.takeMatch(REPETITION);
    if (repetition !== undefined) {
      if (isGroup) throw new PatternRefusal(`repeats a group at character ${this.position}; only "?" may follow ")"`);
      return MAX_MATCHED_CHARACTERS + 1;
    }
    if (!this.take('?')) return paths;
    this.take('?');
    return paths + 1;
  }

  private group(): number {
    this.take('(');
    if (this.take('?') && !this.take(':')) {
      throw new PatternRefusal('uses a look-around or a named group; plain groups "( )" only');
    }
    const paths = this.alternatives();
    if (!this.take(')')) throw new PatternRefusal('has a "(" that is not closed');
    return paths;
  }

  private atom(): number {
    if (this.takeMatch(ESCAPE) !== undefined || this.takeMatch(CHARACTER_CLASS) !== undefined) return 1;
    if ('*+?{}[]\\'.includes(this.pattern[this.position])) {
      throw new PatternRefusal(
        `has "${this.pattern[this.position]}" at character ${this.position + 1} where it is not allowed`,
      );
    }
    this.position += 1;
    return 1;
  }

  private take(character: string): boolean {
    if (this.pattern[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private takeMatch(expression: RegExp): string | undefined {
    const match = expression.exec(this.pattern.slice(this.position))?.[0];
    this.position += match?.length ?? 0;
    return match;
  }
}
