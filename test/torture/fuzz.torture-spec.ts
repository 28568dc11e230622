/** A short fuzz with a fixed seed: the soak's first thousands of inputs, through parser and SCP. */
import { soakParser } from './soak/soak-parser';
import { soakScp } from './soak/soak-scp';

const FIXED = { seed: 2026, minutes: 0, say: () => undefined };

it('8000 mutated data sets end, hang or bloat nobody', async () => {
  const { deviations, figures } = await soakParser({ ...FIXED, inputs: 8_000 });
  expect(deviations).toEqual([]);
  expect(figures).toMatchObject({ inputs: 8_000 });
  expect(figures.accepted).toBeGreaterThan(0);
}, 120_000);

it('2000 mutated conversations end, hang or bloat no SCP', async () => {
  const { deviations, figures } = await soakScp({ ...FIXED, inputs: 2_000 });
  expect(deviations).toEqual([]);
  expect(figures).toMatchObject({ inputs: 2_000 });
}, 120_000);
