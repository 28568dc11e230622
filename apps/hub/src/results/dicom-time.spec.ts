import { dicomTime } from './dicom-time';

it.each([
  ['2026-01-31T23:30:05.000Z', '20260201', '003005'],
  ['2026-07-01T10:00:00.000Z', '20260701', '120000'],
  ['2026-12-31T12:00:59.900Z', '20261231', '130059'],
])('%s is %s %s in Denmark, winter and summer', (iso, date, time) => {
  expect(dicomTime(new Date(iso))).toEqual({ date, time });
});
