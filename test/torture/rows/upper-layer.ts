/** Group B of the bad inputs: what a peer can do wrong below DIMSE and in command sets (PS3.8, PS3.7). */
import { rawPdu } from '@modelbank/testing';
import { peerRefused } from '../support/torture-row';
import type { TortureRow } from '../support/torture-row';

export const UPPER_LAYER_ROWS: readonly TortureRow[] = [
  {
    id: 'B3',
    title: 'P-DATA-TF one byte over the maximum',
    attack: (attacker) => attacker.sendAssociated(rawPdu(0x04, Buffer.alloc(0), 131_073)),
    expected: 'A-ABORT 2/6',
    audit: peerRefused('protocolViolation'),
  },
];
