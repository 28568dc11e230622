import { HubError } from '@modelbank/contracts';
import type { SentFile } from '@modelbank/dimse';
import { AllRefused, refusalLines, refusedFiles, requireAccepted } from './refused-files';

const refusal = (
  path: string,
  code: 'PEER_REJECTED' | 'PEER_REFUSED_INSTANCE' = 'PEER_REFUSED_INSTANCE',
): SentFile => ({
  path,
  error: new HubError(code, 'why'),
});
const STORED = { path: 'good.dcm', sopInstanceUid: '1.2', status: { code: 0 } } as SentFile;

it('names every refused file, in text at most 20', () => {
  const refused = refusedFiles([STORED, ...Array.from({ length: 23 }, (_, k) => refusal(`${k}.dcm`))]);
  expect(refused).toHaveLength(23);
  expect(refused[0]).toEqual({ path: '0.dcm', code: 'PEER_REFUSED_INSTANCE', message: 'why' });
  const lines = refusalLines(refused);
  expect(lines[0]).toBe('refused 0.dcm: PEER_REFUSED_INSTANCE: why');
  expect(lines.slice(19)).toEqual([expect.stringMatching(/^refused 19/), 'and 3 more files; --json names all']);
});

it('fails only where nothing was accepted, with every file and what to do', () => {
  expect(() => requireAccepted([STORED, refusal('bad.dcm')])).not.toThrow();
  expect(() => requireAccepted([])).not.toThrow();
  let thrown: unknown;
  try {
    requireAccepted([refusal('a.dcm', 'PEER_REJECTED'), refusal('b.dcm', 'PEER_REJECTED')]);
  } catch (failure) {
    thrown = failure;
  }
  expect(thrown).toBeInstanceOf(AllRefused);
  expect(thrown).toMatchObject({
    code: 'PEER_REJECTED',
    advice: expect.stringMatching(/centre cert ID/),
    refused: [{ path: 'a.dcm' }, { path: 'b.dcm' }],
  });
});
