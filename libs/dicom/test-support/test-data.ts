/** Where the real DICOM data of the tests lies, and which of its files there are. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../shared/data');

/** All DICOM files below a folder of the test data. Empty, with the reason printed, when the data is not here. */
export function testFiles(folder = '.'): string[] {
  const start = join(ROOT, folder);
  if (!existsSync(start)) {
    process.stdout.write(`skipped: there is no test data in ${start} (set MODELBANK_TEST_DATA)\n`);
    return [];
  }
  return readdirSync(start, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
