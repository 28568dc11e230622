// The arrows of docs/architecture.md: libraries form a ladder, imports only look down, stages never import each other.
const PURE = 'geometry|dicom|metrics|structures|reports|registry|imaging|phantoms|contracts';
const rung = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: `^libs/(${from})/` },
  to: { path: `^libs/(?!(${to})/)` },
});
const PRODUCTION = { pathNot: '\\.(spec|int-spec|e2e-spec)\\.ts$' };

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    rung('geometry-stands-alone', 'geometry', 'geometry'),
    rung('dicom-stands-alone', 'dicom', 'dicom'),
    ...['metrics', 'structures', 'reports', 'registry', 'imaging', 'phantoms'].map((library) => ({
      ...rung(`${library}-looks-down`, library, `${library}|geometry|dicom`),
      from: { path: `^libs/${library}/`, ...PRODUCTION },
    })),
    rung('contracts-look-down', 'contracts', PURE),
    {
      ...rung('platform-looks-down', 'platform', `platform|${PURE}`),
      from: { path: '^libs/platform/', ...PRODUCTION },
    },
    ...['store', 'broker', 'dimse', 'inference'].map((library) => ({
      ...rung(`${library}-looks-down`, library, `${library}|platform|${PURE}`),
      from: { path: `^libs/${library}/`, ...PRODUCTION },
    })),
    {
      name: 'pure-libraries-know-no-framework',
      severity: 'error',
      from: { path: `^libs/(${PURE})/`, ...PRODUCTION },
      to: {
        path: '(@nestjs|typeorm|amqplib|mssql|better-sqlite3|^(node:)?(fs|net|tls|http|https|child_process|worker_threads|os|path)(/|$))',
      },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'stages-never-import-stages',
      severity: 'error',
      from: {
        path: '^apps/hub/src/(intake|assembly|selection|dispatch|inference|results|delivery|adjustments|review|models|centres|retention|journal)/',
        ...PRODUCTION,
      },
      to: {
        path: '^apps/hub/src/(intake|assembly|selection|dispatch|inference|results|delivery|adjustments|review|models|centres|retention|journal)/',
        pathNot: '^apps/hub/src/$1/',
      },
    },
    {
      name: 'libraries-never-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'enter-a-library-by-its-index',
      severity: 'error',
      from: { path: '^(apps/[^/]+|libs/[^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^$1/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '(\\.(spec|int-spec|e2e-spec)\\.ts$|^libs/testing/)' },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
