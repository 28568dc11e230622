/** Group E: what C-STORE sees of pixel data that lies. */
import { PIXEL_ROWS } from './rows/pixels';
import { describeRows } from './support/describe-rows';

describeRows('E pixels', PIXEL_ROWS);
