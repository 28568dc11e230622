/** Group B: bad PDUs, bad associations, slow and rude peers. */
import { UPPER_LAYER_ROWS } from './rows/upper-layer';
import { describeRows } from './support/describe-rows';

describeRows('B upper layer', UPPER_LAYER_ROWS);
