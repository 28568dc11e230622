// unit (pure, beside the code), integration (real sockets, real databases), journeys (whole hub, real peers), torture (bad
// input), faults (the hub's process on disks that are full, gone or broken).
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      sourceMaps: 'inline',
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
    },
  ],
};
const common = {
  rootDir: __dirname,
  transform,
  moduleNameMapper: { '^@modelbank/([^/]+)$': '<rootDir>/libs/$1/src' },
  testEnvironment: '<rootDir>/test/environment.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.modelbank/'],
};
module.exports = {
  maxWorkers: 2,
  // real hubs, databases and tools on a shared machine: a busy moment fails no test
  testTimeout: 60_000,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps,certs,test}/**/*.spec.ts'] },
    { ...common, displayName: 'integration', testMatch: ['<rootDir>/{libs,apps,certs,models}/**/*.int-spec.ts'] },
    { ...common, displayName: 'journeys', testMatch: ['<rootDir>/test/journeys/**/*.e2e-spec.ts'] },
    { ...common, displayName: 'torture', testMatch: ['<rootDir>/test/torture/**/*.torture-spec.ts'] },
    { ...common, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.e2e-spec.ts'] },
  ],
};
