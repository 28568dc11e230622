/**
 * DIMSE command sets (PS3.7 section 6.3 and Annex E): group 0000, always implicit VR little endian, read with every
 * length checked and written with the group length that the standard asks for.
 */
import { ProtocolViolation } from '../pdu/violation';

/** Element numbers of group 0000 that our services use (PS3.7 Annex E.1). */
export const ELEMENT = {
  groupLength: 0x0000,
  affectedSopClassUid: 0x0002,
  requestedSopClassUid: 0x0003,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  priority: 0x0700,
  dataSetType: 0x0800,
  status: 0x0900,
  errorComment: 0x0902,
  affectedSopInstanceUid: 0x1000,
  requestedSopInstanceUid: 0x1001,
  eventTypeId: 0x1002,
  actionTypeId: 0x1008,
} as const;

export const COMMAND = {
  cStoreRequest: 0x0001,
  cStoreResponse: 0x8001,
  cEchoRequest: 0x0030,
  cEchoResponse: 0x8030,
  cCancelRequest: 0x0fff,
  nEventReportRequest: 0x0100,
  nEventReportResponse: 0x8100,
  nActionRequest: 0x0130,
  nActionResponse: 0x8130,
} as const;
export const RESPONSE_BIT = 0x8000;
/** CommandDataSetType that says no data set follows; any other value says one does. */
export const NO_DATA_SET = 0x0101;
const DATA_SET_FOLLOWS = 0x0001;
const PRIORITY_MEDIUM = 0x0000;
/** LO, PS3.5 section 6.2. */
const ERROR_COMMENT_LIMIT = 64;

/** A command set of more than this is no command set: the longest legal ones take some hundred bytes. */
export const COMMAND_SET_LIMIT = 16_384;
const ELEMENT_HEADER_BYTES = 8;

/** What our services read from a command set. */
export interface Command {
  readonly commandField: number;
  readonly messageId?: number;
  readonly messageIdBeingRespondedTo?: number;
  readonly dataSetFollows: boolean;
  readonly status?: number;
  readonly affectedSopClassUid?: string;
  readonly affectedSopInstanceUid?: string;
  readonly requestedSopClassUid?: string;
  readonly requestedSopInstanceUid?: string;
  readonly eventTypeId?: number;
  readonly actionTypeId?: number;
}

/** What a normalized operation is about. */
export interface NormalizedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** Reads a command set; throws ProtocolViolation where it breaks its encoding. */
export function decodeCommand(bytes: Buffer): Command {
  const elements = elementsOf(bytes);
  requireGroupLength(elements, bytes.length);
  const commandField = unsignedShort(elements, ELEMENT.commandField);
  const dataSetType = unsignedShort(elements, ELEMENT.dataSetType);
  if (commandField === undefined || dataSetType === undefined) {
    throw broken('it lacks its command field or its data set type');
  }
  return {
    commandField,
    messageId: unsignedShort(elements, ELEMENT.messageId),
    messageIdBeingRespondedTo: unsignedShort(elements, ELEMENT.messageIdBeingRespondedTo),
    dataSetFollows: dataSetType !== NO_DATA_SET,
    status: unsignedShort(elements, ELEMENT.status),
    affectedSopClassUid: uid(elements, ELEMENT.affectedSopClassUid),
    affectedSopInstanceUid: uid(elements, ELEMENT.affectedSopInstanceUid),
    requestedSopClassUid: uid(elements, ELEMENT.requestedSopClassUid),
    requestedSopInstanceUid: uid(elements, ELEMENT.requestedSopInstanceUid),
    eventTypeId: unsignedShort(elements, ELEMENT.eventTypeId),
    actionTypeId: unsignedShort(elements, ELEMENT.actionTypeId),
  };
}

export function encodeEchoRequest(messageId: number, sopClassUid: string): Buffer {
  return encodeElements([
    uidElement(ELEMENT.affectedSopClassUid, sopClassUid),
    shortElement(ELEMENT.commandField, COMMAND.cEchoRequest),
    shortElement(ELEMENT.messageId, messageId),
    shortElement(ELEMENT.dataSetType, NO_DATA_SET),
  ]);
}

export function encodeStoreRequest(messageId: number, sopClassUid: string, sopInstanceUid: string): Buffer {
  return encodeElements([
    uidElement(ELEMENT.affectedSopClassUid, sopClassUid),
    shortElement(ELEMENT.commandField, COMMAND.cStoreRequest),
    shortElement(ELEMENT.messageId, messageId),
    shortElement(ELEMENT.priority, PRIORITY_MEDIUM),
    shortElement(ELEMENT.dataSetType, DATA_SET_FOLLOWS),
    uidElement(ELEMENT.affectedSopInstanceUid, sopInstanceUid),
  ]);
}

/** N-ACTION with its data set (PS3.7 table 10.3-7). */
export function encodeActionRequest(messageId: number, instance: NormalizedInstance, actionTypeId: number): Buffer {
  return encodeElements([
    uidElement(ELEMENT.requestedSopClassUid, instance.sopClassUid),
    shortElement(ELEMENT.commandField, COMMAND.nActionRequest),
    shortElement(ELEMENT.messageId, messageId),
    shortElement(ELEMENT.dataSetType, DATA_SET_FOLLOWS),
    uidElement(ELEMENT.requestedSopInstanceUid, instance.sopInstanceUid),
    shortElement(ELEMENT.actionTypeId, actionTypeId),
  ]);
}

/** N-EVENT-REPORT with its data set (PS3.7 table 10.3-1). */
export function encodeEventReportRequest(messageId: number, instance: NormalizedInstance, eventTypeId: number): Buffer {
  return encodeElements([
    uidElement(ELEMENT.affectedSopClassUid, instance.sopClassUid),
    shortElement(ELEMENT.commandField, COMMAND.nEventReportRequest),
    shortElement(ELEMENT.messageId, messageId),
    shortElement(ELEMENT.dataSetType, DATA_SET_FOLLOWS),
    uidElement(ELEMENT.affectedSopInstanceUid, instance.sopInstanceUid),
    shortElement(ELEMENT.eventTypeId, eventTypeId),
  ]);
}

/** The response to `request` with a status, and a comment where a failure has one. */
export function encodeResponse(request: Command, status: number, errorComment?: string): Buffer {
  const { actionTypeId, eventTypeId } = request;
  const affectedSopClassUid = request.affectedSopClassUid ?? request.requestedSopClassUid;
  const affectedSopInstanceUid = request.affectedSopInstanceUid ?? request.requestedSopInstanceUid;
  return encodeElements([
    ...(affectedSopClassUid ? [uidElement(ELEMENT.affectedSopClassUid, affectedSopClassUid)] : []),
    shortElement(ELEMENT.commandField, request.commandField | RESPONSE_BIT),
    shortElement(ELEMENT.messageIdBeingRespondedTo, request.messageId ?? 0),
    shortElement(ELEMENT.dataSetType, NO_DATA_SET),
    shortElement(ELEMENT.status, status),
    ...(errorComment ? [textElement(ELEMENT.errorComment, errorComment.slice(0, ERROR_COMMENT_LIMIT), ' ')] : []),
    ...(affectedSopInstanceUid ? [uidElement(ELEMENT.affectedSopInstanceUid, affectedSopInstanceUid)] : []),
    ...(eventTypeId === undefined ? [] : [shortElement(ELEMENT.eventTypeId, eventTypeId)]),
    ...(actionTypeId === undefined ? [] : [shortElement(ELEMENT.actionTypeId, actionTypeId)]),
  ]);
}

function elementsOf(bytes: Buffer): Map<number, Buffer> {
  const elements = new Map<number, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + ELEMENT_HEADER_BYTES > bytes.length) throw broken('an element header is cut off');
    const group = bytes.readUInt16LE(offset);
    const element = bytes.readUInt16LE(offset + 2);
    const start = offset + ELEMENT_HEADER_BYTES;
    const end = start + bytes.readUInt32LE(offset + 4);
    if (group !== 0) throw broken('it holds an element of another group');
    if (end > bytes.length) throw broken('an element is longer than the command set');
    if (elements.has(element)) throw broken('an element comes twice');
    elements.set(element, bytes.subarray(start, end));
    offset = end;
  }
  return elements;
}

function requireGroupLength(elements: ReadonlyMap<number, Buffer>, totalBytes: number): void {
  const value = elements.get(ELEMENT.groupLength);
  const groupLengthBytes = ELEMENT_HEADER_BYTES + 4;
  if (value?.length !== 4 || value.readUInt32LE(0) !== totalBytes - groupLengthBytes) {
    throw broken('its group length is missing or wrong');
  }
}

function unsignedShort(elements: ReadonlyMap<number, Buffer>, element: number): number | undefined {
  const value = elements.get(element);
  if (value === undefined) return undefined;
  if (value.length !== 2) throw broken('a number has a wrong size');
  return value.readUInt16LE(0);
}

function uid(elements: ReadonlyMap<number, Buffer>, element: number): string | undefined {
  return elements
    .get(element)
    ?.toString('latin1')
    .replace(/[\0 ]+$/, '');
}

function encodeElements(elements: readonly Buffer[]): Buffer {
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length, 0);
  return Buffer.concat([encodeElement(ELEMENT.groupLength, length), body]);
}

function shortElement(element: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value, 0);
  return encodeElement(element, bytes);
}

function uidElement(element: number, value: string): Buffer {
  return textElement(element, value, '\0');
}

function textElement(element: number, value: string, padding: string): Buffer {
  return encodeElement(element, Buffer.from(value.length % 2 === 0 ? value : value + padding, 'latin1'));
}

function encodeElement(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(ELEMENT_HEADER_BYTES);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function broken(message: string): ProtocolViolation {
  return new ProtocolViolation('serviceUser', `the command set is broken: ${message}`);
}
