/**
 * Upper layer PDUs byte by byte, right or wrong as a test needs them. Written apart from libs/dimse, so that a mistake in
 * one is not repeated in the other (PS3.8 section 9.3, PS3.7 section 6.3).
 */

export interface RawContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export interface RawAssociateRequest {
  readonly calledAeTitle?: string | Buffer;
  readonly callingAeTitle?: string | Buffer;
  readonly protocolVersion?: number;
  readonly applicationContext?: string;
  readonly contexts?: readonly RawContext[];
  /** Undefined: 16384. Null: no such item. */
  readonly maximumLength?: number | null;
  /** Further sub-items of the user information, whole. */
  readonly userItems?: readonly Buffer[];
}

/** Explicit VR Little Endian. */
export const RAW_EXPLICIT = '1.2.840.10008.1.2.1';
export const RAW_VERIFICATION: RawContext = {
  id: 1,
  abstractSyntax: '1.2.840.10008.1.1',
  transferSyntaxes: ['1.2.840.10008.1.2'],
};
export const RAW_CT: RawContext = {
  id: 3,
  abstractSyntax: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxes: [RAW_EXPLICIT],
};

/** A PDU with the length of its body, or with a length that lies. */
export function rawPdu(type: number, body: Buffer = Buffer.alloc(4), claimedLength = body.length): Buffer {
  const header = Buffer.alloc(6);
  header[0] = type;
  header.writeUInt32BE(claimedLength, 2);
  return Buffer.concat([header, body]);
}

export function rawItem(type: number, body: Buffer | string, claimedLength?: number): Buffer {
  const bytes = Buffer.from(body as string, 'latin1');
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(claimedLength ?? bytes.length, 2);
  return Buffer.concat([header, bytes]);
}

export function rawAssociateRequest(request: RawAssociateRequest = {}): Buffer {
  return rawPdu(0x01, rawAssociateBody(request, (request.contexts ?? [RAW_VERIFICATION, RAW_CT]).map(proposal)));
}

/** An A-ASSOCIATE-AC that accepts every given context with its first transfer syntax. */
export function rawAssociateAccept(request: RawAssociateRequest = {}): Buffer {
  const contexts = request.contexts ?? [RAW_VERIFICATION, RAW_CT];
  const answers = contexts.map((context) =>
    rawItem(0x21, Buffer.concat([Buffer.from([context.id, 0, 0, 0]), rawItem(0x40, context.transferSyntaxes[0])])),
  );
  return rawPdu(0x02, rawAssociateBody(request, answers));
}

/** One PDV in one P-DATA-TF. */
export function rawData(contextId: number, control: number, fragment: Buffer): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt32BE(fragment.length + 2, 0);
  header[4] = contextId;
  header[5] = control;
  return rawPdu(0x04, Buffer.concat([header, fragment]));
}

/** Elements of group 0000 by number; numbers become US, text UI padded with NUL. */
export function rawCommandSet(elements: Readonly<Record<number, number | string>>, groupLengthError = 0): Buffer {
  const parts = Object.entries(elements)
    .map(([element, value]) => [Number(element), value] as const)
    .sort(([a], [b]) => a - b)
    .map(([element, value]) => rawElement(element, typeof value === 'number' ? shortBytes(value) : uidBytes(value)));
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length + groupLengthError, 0);
  return Buffer.concat([rawElement(0x0000, length), body]);
}

export function rawEchoRequest(messageId = 1): Buffer {
  return rawCommandSet({ 0x0002: RAW_VERIFICATION.abstractSyntax, 0x0100: 0x0030, 0x0110: messageId, 0x0800: 0x0101 });
}

export function rawStoreRequest(sopInstanceUid: string, messageId = 1, sopClassUid = RAW_CT.abstractSyntax): Buffer {
  return rawCommandSet({
    0x0002: sopClassUid,
    0x0100: 0x0001,
    0x0110: messageId,
    0x0700: 0,
    0x0800: 0x0001,
    0x1000: sopInstanceUid,
  });
}

/** Reads the numbers of group 0000 that tests ask for: command field, message id and status. */
export function readRawCommand(pdu: Buffer): { commandField?: number; messageId?: number; status?: number } {
  const values = new Map<number, number>();
  for (let at = 12; at + 8 <= pdu.length; at += 8 + pdu.readUInt32LE(at + 4)) {
    if (pdu.readUInt32LE(at + 4) === 2) values.set(pdu.readUInt16LE(at + 2), pdu.readUInt16LE(at + 8));
  }
  return { commandField: values.get(0x0100), messageId: values.get(0x0120), status: values.get(0x0900) };
}

function rawAssociateBody(request: RawAssociateRequest, contextItems: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(request.protocolVersion ?? 1, 0);
  aeTitle(request.calledAeTitle ?? 'MODELBANK').copy(fixed, 4);
  aeTitle(request.callingAeTitle ?? 'ODENSE_CT').copy(fixed, 20);
  const { maximumLength } = request;
  const lengthBytes = Buffer.alloc(4);
  lengthBytes.writeUInt32BE(maximumLength ?? 16_384, 0);
  const userItems = [
    ...(maximumLength === null ? [] : [rawItem(0x51, lengthBytes)]),
    rawItem(0x52, '1.2.3.4'),
    ...(request.userItems ?? []),
  ];
  return Buffer.concat([
    fixed,
    rawItem(0x10, request.applicationContext ?? '1.2.840.10008.3.1.1.1'),
    ...contextItems,
    rawItem(0x50, Buffer.concat(userItems)),
  ]);
}

function proposal({ id, abstractSyntax, transferSyntaxes }: RawContext): Buffer {
  const items = transferSyntaxes.map((syntax) => rawItem(0x40, syntax));
  return rawItem(0x20, Buffer.concat([Buffer.from([id, 0, 0, 0]), rawItem(0x30, abstractSyntax), ...items]));
}

function aeTitle(title: string | Buffer): Buffer {
  return typeof title === 'string' ? Buffer.from(title.padEnd(16), 'latin1').subarray(0, 16) : title;
}

function rawElement(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function shortBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value, 0);
  return bytes;
}

function uidBytes(uid: string): Buffer {
  return Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1');
}
