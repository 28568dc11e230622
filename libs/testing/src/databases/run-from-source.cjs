// Runs a TypeScript file of this repository without a build, for tests that kill processes: node run-from-source.cjs FILE ...
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..', '..', '..', '..');
const options = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
delete options.$schema;
options.jsc.baseUrl = root;

require.extensions['.ts'] = (module, path) => {
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    ...options,
    filename: path,
    swcrc: false,
    sourceMaps: false,
  });
  module._compile(code, path);
};

const [, , file, ...args] = process.argv;
process.argv = [process.argv[0], resolve(file), ...args];
require(resolve(file));
