import { ruleOf } from './retention-rules';

describe('the rule that the command line sends', () => {
  const whole = { afterDelivery: '10', unassigned: '90', why: 'screening' };

  it('is what was typed, as numbers', () => {
    expect(ruleOf('breast', whole)).toEqual({
      ...{ protocolId: 'breast', afterDeliveryDays: 10, unassignedDays: 90, why: 'screening' },
    });
    expect(ruleOf('breast', { ...whole, asPrior: '760' })).toMatchObject({ keepAsPriorDays: 760 });
  });

  it.each([
    [{ ...whole, why: undefined }, '--set needs'],
    [{ ...whole, unassigned: undefined }, '--set needs'],
    [{ ...whole, afterDelivery: 'ten' }, '--after-delivery must be'],
    [{ ...whole, asPrior: '-1' }, '--as-prior must be'],
  ])('is refused when it is %j', (options, message) => {
    expect(() => ruleOf('breast', options)).toThrow(message);
  });
});
