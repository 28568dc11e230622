/** Group C: data sets that break the encoding, or say what no value may say. */
import { ENCODING_ROWS } from './rows/encodings';
import { VALUE_ROWS } from './rows/values';
import { describeRows } from './support/describe-rows';

describeRows('C data sets', [...ENCODING_ROWS, ...VALUE_ROWS]);
