/** A program is looked for in `dist`, wherever the caller runs from. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compiledEntry, repositoryRoot } from './compiled-entry';

describe('a compiled program', () => {
  it('is looked for below the folder of package.json', () => {
    expect(existsSync(join(repositoryRoot(), 'package.json'))).toBe(true);
  });

  it('that was not built is refused with what to do', () => {
    expect(() => compiledEntry('libs/nowhere/src/nothing.ts')).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIGURATION', advice: 'run: npm run build' }),
    );
  });
});
