/** However the bytes are cut, the same events come out; whatever the bytes are, the reader ends with a violation at worst. */
import * as fc from 'fast-check';
import { rawAssociateRequest, rawData, rawPdu } from '@modelbank/testing';
import { PDU_TYPE, type PduEvent, type PduType } from './pdu';
import { DEFAULT_PDU_LENGTHS, PduReader } from './pdu-reader';
import { ProtocolViolation } from './violation';

const EVERYTHING: ReadonlySet<PduType> = new Set(Object.values(PDU_TYPE));

/** Feeds the chunks and joins the pieces of one message, so that cuts do not show. */
function read(chunks: readonly Buffer[]): unknown[] {
  const reader = new PduReader(EVERYTHING, DEFAULT_PDU_LENGTHS);
  const events: unknown[] = [];
  let message = Buffer.alloc(0);
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let event = reader.next(); event; event = reader.next()) {
      if (event.type === 'data') message = Buffer.concat([message, event.bytes]);
      if (event.type !== 'data' || event.endOfMessage) events.push(describeEvent(event, message));
      if (event.type === 'data' && event.endOfMessage) message = Buffer.alloc(0);
    }
  }
  expect(reader.insidePdu).toBe(false);
  return events;
}

const describeEvent = (event: PduEvent, message: Buffer) =>
  event.type === 'data' ? [event.contextId, event.isCommand, message.toString('hex')] : event;

const STREAM = Buffer.concat([
  rawAssociateRequest(),
  rawData(1, 3, Buffer.from('command')),
  rawData(3, 0, Buffer.from('first half, ')),
  rawData(3, 2, Buffer.from('second half')),
  rawPdu(3, Buffer.from([0, 1, 1, 3])),
  rawPdu(5),
  rawPdu(7, Buffer.from([0, 0, 2, 6])),
]);

it('gives the same events however the stream is cut', () => {
  const whole = read([STREAM]);
  expect(whole).toHaveLength(6);
  expect(whole[0]).toMatchObject({ request: { callingAeTitle: 'ODENSE_CT', calledAeTitle: 'MODELBANK' } });
  expect(whole[2]).toEqual([3, false, Buffer.from('first half, second half').toString('hex')]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: STREAM.length - 1 }), { maxLength: 40 }), (cuts) => {
      const ends = [...new Set([0, ...cuts, STREAM.length])].sort((a, b) => a - b);
      expect(read(ends.slice(1).map((end, index) => STREAM.subarray(ends[index], end)))).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

it('answers mutated streams with events or a violation, and holds nothing beyond what came', () => {
  const mutation = fc.record({
    at: fc.integer({ min: 0, max: STREAM.length - 1 }),
    value: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
      const bytes = Buffer.from(STREAM);
      for (const { at, value } of mutations) bytes[at] = value;
      const reader = new PduReader(EVERYTHING, DEFAULT_PDU_LENGTHS);
      reader.push(bytes);
      try {
        while (reader.next());
      } catch (failure) {
        expect(failure).toBeInstanceOf(ProtocolViolation);
      }
    }),
    { numRuns: 3_000 },
  );
});

it('hands fragments on without waiting for their PDU', () => {
  const reader = new PduReader(EVERYTHING, DEFAULT_PDU_LENGTHS);
  reader.push(rawData(3, 0, Buffer.alloc(100_000)).subarray(0, 1_000));
  expect(reader.next()).toMatchObject({ type: 'data', endOfMessage: false, bytes: { length: 988 } });
  expect(reader.next()).toBeUndefined();
});
