import { certificateFindings } from './doctor-centres';
import type { CentreAnswer } from './centre-text';

const NOW = new Date('2026-01-01T00:00:00Z');
const one = (notAfter: string, revokedAt: string | null = null) => ({ fingerprintSha256: 'f', notAfter, revokedAt });
const LATE = '2026-06-01T00:00:00Z';

it.each<[string, CentreAnswer['certificates'], boolean, string]>([
  ['none', [], false, 'none is enrolled'],
  ['only a revoked one', [one(LATE, '2025-12-01T00:00:00Z')], false, 'revoked'],
  ['a revoked one and a good one', [one(LATE, '2025-12-01T00:00:00Z'), one(LATE)], true, '151 days left'],
  ['one that ends soon', [one('2026-01-14T00:00:00Z')], false, '13 days left'],
  ['one that lasts 14 days', [one('2026-01-15T00:00:00Z')], true, '14 days left'],
])('%s', (_what, certificates, ok, observed) => {
  const centre = { id: 'odense', name: 'Odense', legalEntities: [], callingAes: [], destinations: [], certificates };
  expect(certificateFindings(centre, NOW)).toMatchObject([{ check: 'certificate of odense', ok, observed }]);
});
