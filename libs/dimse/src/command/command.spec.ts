/** Command sets as they stand on the wire, and what C-STORE statuses mean. */
import { decodeCommand, encodeResponse, encodeStoreRequest } from './command-set';
import { isStored, statusText, storeStatusOf } from './store-status';

it('encodes a C-STORE request as PS3.7 table 9.3-1 has it', () => {
  expect(encodeStoreRequest(7, '1.2.3', '1.2.34').toString('hex')).toBe(
    [
      '00000000' + '04000000' + '44000000',
      '00000200' + '06000000' + Buffer.from('1.2.3\0').toString('hex'),
      '00000001' + '02000000' + '0100',
      '00001001' + '02000000' + '0700',
      '00000007' + '02000000' + '0000',
      '00000008' + '02000000' + '0100',
      '00000010' + '06000000' + Buffer.from('1.2.34').toString('hex'),
    ].join(''),
  );
});

it('answers with what was asked, and a comment of at most 64 characters', () => {
  const request = decodeCommand(encodeStoreRequest(65_535, '1.2.3', '1.2.34'));
  const response = encodeResponse(request, 0xa700, 'x'.repeat(80));
  expect(decodeCommand(response)).toEqual({
    commandField: 0x8001,
    messageId: undefined,
    messageIdBeingRespondedTo: 65_535,
    dataSetFollows: false,
    status: 0xa700,
    affectedSopClassUid: '1.2.3',
    affectedSopInstanceUid: '1.2.34',
  });
  expect(response.includes('x'.repeat(64))).toBe(true);
  expect(response.includes('x'.repeat(65))).toBe(false);
});

it.each([
  [0x0000, 'success', true],
  [0xb000, 'warning', true],
  [0xb006, 'warning', true],
  [0xb007, 'warning', true],
  [0xbfff, 'warning', true],
  [0x0107, 'warning', true],
  [0xa700, 'retryableFailure', false],
  [0xa7ff, 'retryableFailure', false],
  [0x0110, 'retryableFailure', false],
  [0x0213, 'retryableFailure', false],
  [0xa900, 'permanentFailure', false],
  [0xc000, 'permanentFailure', false],
  [0x0111, 'permanentFailure', false],
  [0x0124, 'permanentFailure', false],
  [0xff00, 'permanentFailure', false],
  [0x7777, 'permanentFailure', false],
])('status %i is %s', (code, kind, stored) => {
  expect(storeStatusOf(code).kind).toBe(kind);
  expect(isStored(storeStatusOf(code))).toBe(stored);
});

it('writes statuses as people quote them', () => {
  expect([statusText(0), statusText(0xa700)]).toEqual(['0x0000', '0xA700']);
});
