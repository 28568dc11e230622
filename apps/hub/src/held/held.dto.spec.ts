/** Who and why fit the columns that they are kept in, on databases that refuse longer text. */
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { DiscardHeldItemDto } from './held.dto';

describe('the decision on a held item', () => {
  it.each([
    ['a name', 'N. Physicist', 'Looked at it.', []],
    ['the longest name and reason', 'n'.repeat(128), 'w'.repeat(500), []],
    ['a name longer than the journal holds', 'n'.repeat(129), 'Looked at it.', ['who']],
    ['two lines', 'N.\nPhysicist', 'Looked\nat it.', ['who', 'why']],
    ['nothing', '', '', ['who', 'why']],
  ])('%s', (_what, who, why, refused) => {
    const problems = validateSync(plainToInstance(DiscardHeldItemDto, { who, why }));
    expect(problems.map(({ property }) => property)).toEqual(refused);
  });
});
