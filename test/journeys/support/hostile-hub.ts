/** The hub's process on the hostile broker: what `modelbank serve` runs, with one adapter exchanged. */
import 'reflect-metadata';
import { hostileTransport } from '@modelbank/testing';
import { runHubProcess } from '../../../apps/hub/src/main';

const { MODELBANK_TEST_SEED } = process.env;
void runHubProcess({
  transport: hostileTransport(MODELBANK_TEST_SEED === undefined ? {} : { seed: Number(MODELBANK_TEST_SEED) }),
});
