/** Group F: sound DICOM with a wrong meaning. */
import { CLINICAL_ROWS } from './rows/clinical';
import { describeRows } from './support/describe-rows';

describeRows('F clinical', CLINICAL_ROWS);
