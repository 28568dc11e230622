/** Group D: UIDs that are paths, text that is code, URLs that lure. */
import { NAME_ROWS } from './rows/names';
import { describeRows } from './support/describe-rows';

describeRows('D names', NAME_ROWS);
