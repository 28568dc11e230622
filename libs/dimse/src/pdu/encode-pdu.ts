/** Protocol data units to bytes (PS3.8 section 9.3); every function returns one whole PDU, to be sent in one write. */
import {
  DICOM_APPLICATION_CONTEXT,
  PDU_HEADER_BYTES,
  PDU_TYPE,
  PDV_HEADER_BYTES,
  type Abort,
  type AnsweredContext,
  type PduType,
  type ProposedContext,
  type Rejection,
  type RoleSelection,
} from './pdu';

/** What we say about ourselves in a request or an answer. */
export interface OwnUserInformation {
  readonly maximumLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
  readonly roles?: readonly RoleSelection[];
}

export interface AssociateFields {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly userInformation: OwnUserInformation;
}

const PROTOCOL_VERSION = 1;

export function encodeAssociateRequest(fields: AssociateFields, contexts: readonly ProposedContext[]): Buffer {
  const items = contexts.map((context) =>
    item(0x20, [
      Buffer.from([context.id, 0, 0, 0]),
      textItem(0x30, context.abstractSyntax),
      ...context.transferSyntaxes.map((syntax) => textItem(0x40, syntax)),
    ]),
  );
  return associate(PDU_TYPE.associateRequest, fields, items);
}

export function encodeAssociateAccept(fields: AssociateFields, contexts: readonly AnsweredContext[]): Buffer {
  const items = contexts.map((context) =>
    item(0x21, [Buffer.from([context.id, 0, context.result, 0]), textItem(0x40, context.transferSyntax)]),
  );
  return associate(PDU_TYPE.associateAccept, fields, items);
}

export function encodeAssociateReject({ result, source, reason }: Rejection): Buffer {
  return pdu(PDU_TYPE.associateReject, [Buffer.from([0, result, source, reason])]);
}

export function encodeReleaseRequest(): Buffer {
  return pdu(PDU_TYPE.releaseRequest, [Buffer.alloc(4)]);
}

export function encodeReleaseResponse(): Buffer {
  return pdu(PDU_TYPE.releaseResponse, [Buffer.alloc(4)]);
}

export function encodeAbort({ source, reason }: Abort): Buffer {
  return pdu(PDU_TYPE.abort, [Buffer.from([0, 0, source, reason])]);
}

/** Writes the headers of a P-DATA-TF with one PDV into the first 12 bytes of `buffer`, whose rest is the fragment. */
export function writeDataHeaders(buffer: Buffer, contextId: number, isCommand: boolean, isLast: boolean): void {
  buffer[0] = PDU_TYPE.data;
  buffer[1] = 0;
  buffer.writeUInt32BE(buffer.length - PDU_HEADER_BYTES, 2);
  buffer.writeUInt32BE(buffer.length - PDU_HEADER_BYTES - 4, PDU_HEADER_BYTES);
  buffer[PDU_HEADER_BYTES + 4] = contextId;
  buffer[PDU_HEADER_BYTES + 5] = (isCommand ? 0x01 : 0) | (isLast ? 0x02 : 0);
}

/** A command set as one or more P-DATA-TF, none longer than `maximumLength` after its header. */
export function encodeCommandPdus(command: Buffer, contextId: number, maximumLength: number): Buffer[] {
  return encodeMessagePdus(command, contextId, true, maximumLength);
}

/** A small data set that is at hand, in the same way; C-STORE streams its own. */
export function encodeDataSetPdus(dataSet: Buffer, contextId: number, maximumLength: number): Buffer[] {
  return encodeMessagePdus(dataSet, contextId, false, maximumLength);
}

function encodeMessagePdus(message: Buffer, contextId: number, isCommand: boolean, maximumLength: number): Buffer[] {
  const fragmentBytes = maximumLength - PDV_HEADER_BYTES - (maximumLength % 2);
  const pdus: Buffer[] = [];
  for (let offset = 0; offset < message.length || pdus.length === 0; offset += fragmentBytes) {
    const fragment = message.subarray(offset, offset + fragmentBytes);
    const bytes = Buffer.allocUnsafe(PDU_HEADER_BYTES + PDV_HEADER_BYTES + fragment.length);
    writeDataHeaders(bytes, contextId, isCommand, offset + fragment.length === message.length);
    fragment.copy(bytes, PDU_HEADER_BYTES + PDV_HEADER_BYTES);
    pdus.push(bytes);
  }
  return pdus;
}

function associate(type: PduType, fields: AssociateFields, contextItems: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(PROTOCOL_VERSION, 0);
  fixed.write(fields.calledAeTitle.padEnd(16), 4, 16, 'latin1');
  fixed.write(fields.callingAeTitle.padEnd(16), 20, 16, 'latin1');
  return pdu(type, [
    fixed,
    textItem(0x10, DICOM_APPLICATION_CONTEXT),
    ...contextItems,
    userInformationItem(fields.userInformation),
  ]);
}

function userInformationItem(information: OwnUserInformation): Buffer {
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(information.maximumLength, 0);
  return item(0x50, [
    item(0x51, [maximumLength]),
    textItem(0x52, information.implementationClassUid),
    ...(information.roles ?? []).map(roleItem),
    textItem(0x55, information.implementationVersionName),
  ]);
}

function roleItem({ sopClassUid, scu, scp }: RoleSelection): Buffer {
  const uid = Buffer.from(sopClassUid, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(uid.length, 0);
  return item(0x54, [length, uid, Buffer.from([scu ? 1 : 0, scp ? 1 : 0])]);
}

function pdu(type: PduType, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(PDU_HEADER_BYTES);
  header[0] = type;
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function item(type: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function textItem(type: number, text: string): Buffer {
  return item(type, [Buffer.from(text, 'latin1')]);
}
