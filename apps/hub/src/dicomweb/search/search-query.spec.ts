import { parseSearchQuery } from './search-query';

describe('the query of a search', () => {
  it('takes keys by keyword and by tag', () => {
    const query = parseSearchQuery('StudyInstanceUID=1.2,1.3&00080061=CT&0020000e=1.4', 'series');
    expect(query.uids).toEqual({ StudyInstanceUID: ['1.2', '1.3'], SeriesInstanceUID: ['1.4'] });
    expect(query.filters.map(({ key }) => key.keyword)).toEqual(['ModalitiesInStudy']);
  });

  it('is capped at 1000 results, and says so (G5)', () => {
    expect(parseSearchQuery('limit=1000000000&offset=7', 'study')).toMatchObject({
      limit: 1000,
      offset: 7,
      warnings: ['at most 1000 results are given at a time'],
    });
    expect(parseSearchQuery('', 'study')).toMatchObject({ limit: 1000, offset: 0, warnings: [] });
  });

  it('warns of ways to match that it has not', () => {
    const { warnings } = parseSearchQuery('fuzzymatching=true&emptyvaluematching=true&includefield=all', 'study');
    expect(warnings).toHaveLength(2);
  });

  it.each(['PatientName=*', 'PatientName=', 'PatientID=*', 'StudyDescription=*'])('%s asks for nothing', (text) => {
    expect(parseSearchQuery(text, 'study')).toMatchObject({ uids: {}, filters: [], patient: undefined });
  });

  it.each<[string, string, RegExp]>([
    ['a name', 'PatientName=Jensen', /PatientName cannot be searched by/],
    ['a name with a wildcard (G5)', 'PatientName=*a*a*a*a*', /PatientName cannot be searched by/],
    ['a part of a patient id', 'PatientID=0101*', /as a whole/],
    ['an issuer without a patient id', 'IssuerOfPatientID=X', /needs a PatientID/],
    ['a key of a lower level', 'Modality=CT', /not one that this search/],
    ['a key that nobody knows', 'constructor=1', /not one that this search/],
    ['a key twice', 'StudyID=1&00200010=2', /twice/],
    ['17 keys (G5)', Array.from({ length: 17 }, (_, at) => `StudyID=${at}`).join('&'), /at most 16 keys/],
    ['10 000 parameters (G5)', 'includefield=all&'.repeat(450), /at most 64 parameters/],
    ['a megabyte', `StudyID=${'x'.repeat(1_000_000)}`, /too long/],
    ['a long value', `StudyID=${'x'.repeat(65)}`, /longer than 64/],
    ['a limit that is no number', 'limit=-1', /whole numbers/],
    ['a UID that is none', 'StudyInstanceUID=../../etc', /something else/],
    ['a date that is none', 'StudyDate=yesterday', /neither/],
  ])('with %s is refused', (_what, text, message) => {
    expect(() => parseSearchQuery(text, 'study')).toThrow(message);
  });
});
