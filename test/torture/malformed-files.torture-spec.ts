/** The malformed files of the shared data, one by one: accepted, or refused with a recorded reason; none ends the process. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { realData } from '../journeys/support/journey-data';
import { KNOWN_FILES, malformedFileRows } from './rows/malformed-files';
import { describeRows } from './support/describe-rows';

const folder = realData('malformed');

if (folder === null) it.skip('the malformed files are not here', () => undefined);
else {
  describeRows('malformed files', malformedFileRows(folder));

  it('the table knows every file', () => {
    const there = ['pydicom', 'charset'].flatMap((below) =>
      readdirSync(join(folder, below)).map((name) => `${below}/${name}`),
    );
    expect(there.sort()).toEqual([...KNOWN_FILES].sort());
  });
}
