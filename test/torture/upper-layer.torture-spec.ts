/** Group B: bad PDUs, bad associations, bad messages, slow and rude peers. */
import { MESSAGE_ROWS } from './rows/messages';
import { SLOW_PEER_ROWS } from './rows/slow-peers';
import { UPPER_LAYER_ROWS } from './rows/upper-layer';
import { describeRows } from './support/describe-rows';

describeRows('B upper layer', [...UPPER_LAYER_ROWS, ...MESSAGE_ROWS, ...SLOW_PEER_ROWS]);
