/** Group G, and what of groups C and D comes by STOW-RS. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DICOMWEB_ROWS, IDENTITY } from './rows/dicomweb';
import { describeRows } from './support/describe-rows';

describeRows('G DICOMweb', DICOMWEB_ROWS, {
  configuration: IDENTITY.configuration,
  files: (home) => writeFileSync(join(home, 'provider.jwks'), IDENTITY.jwks),
});
