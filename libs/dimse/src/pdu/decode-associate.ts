/** The bodies of A-ASSOCIATE-RQ and -AC (PS3.8 sections 9.3.2 and 9.3.3) as values; every length is checked first. */
import type {
  AnsweredContext,
  AssociateAccept,
  AssociateRequest,
  ProposedContext,
  RoleSelection,
  UserInformation,
} from './pdu';
import { ProtocolViolation } from './violation';

const FIXED_BYTES = 68;
/** A larger user identity is refused: names, tickets and tokens are small. */
const USER_IDENTITY_LIMIT = 16_384;
const MAXIMUM_CONTEXTS = 128;

interface Item {
  readonly type: number;
  readonly body: Buffer;
}

/** Reads the body of an A-ASSOCIATE-RQ; throws ProtocolViolation where it is not one. */
export function decodeAssociateRequest(body: Buffer): AssociateRequest {
  const items = associateItems(body);
  const contexts = items.filter((item) => item.type === 0x20).map(proposedContext);
  requireDistinctIds(contexts);
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAeTitle: aeTitleText(body.subarray(4, 20)),
    callingAeTitle: aeTitleText(body.subarray(20, 36)),
    applicationContext: uidText(items.find((item) => item.type === 0x10)?.body ?? Buffer.alloc(0)),
    contexts,
    userInformation: userInformation(items),
  };
}

/** Reads the body of an A-ASSOCIATE-AC; throws ProtocolViolation where it is not one. */
export function decodeAssociateAccept(body: Buffer): AssociateAccept {
  const items = associateItems(body);
  const contexts = items.filter((item) => item.type === 0x21).map(answeredContext);
  requireDistinctIds(contexts);
  return { contexts, userInformation: userInformation(items) };
}

function associateItems(body: Buffer): Item[] {
  if (body.length < FIXED_BYTES) throw invalid('the association PDU is shorter than its fixed part');
  return itemsOf(body.subarray(FIXED_BYTES));
}

function itemsOf(bytes: Buffer): Item[] {
  const items: Item[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) throw invalid('an item header is cut off');
    const end = offset + 4 + bytes.readUInt16BE(offset + 2);
    if (end > bytes.length) throw invalid('an item is longer than what contains it');
    items.push({ type: bytes[offset], body: bytes.subarray(offset + 4, end) });
    offset = end;
  }
  return items;
}

function proposedContext({ body }: Item): ProposedContext {
  const items = contextItems(body);
  const abstractSyntaxes = items.filter((item) => item.type === 0x30);
  const transferSyntaxes = items.filter((item) => item.type === 0x40).map((item) => uidText(item.body));
  if (abstractSyntaxes.length !== 1 || transferSyntaxes.length === 0) {
    throw invalid('a presentation context lacks its abstract or transfer syntax');
  }
  return { id: body[0], abstractSyntax: uidText(abstractSyntaxes[0].body), transferSyntaxes };
}

function answeredContext({ body }: Item): AnsweredContext {
  const syntax = contextItems(body).find((item) => item.type === 0x40);
  const result = body[2];
  if (result === 0 && syntax === undefined) throw invalid('an accepted context lacks its transfer syntax');
  return { id: body[0], result, transferSyntax: syntax ? uidText(syntax.body) : '' };
}

function contextItems(body: Buffer): Item[] {
  if (body.length < 4) throw invalid('a presentation context is cut off');
  return itemsOf(body.subarray(4));
}

function requireDistinctIds(contexts: readonly { readonly id: number }[]): void {
  const ids = new Set(contexts.map((context) => context.id));
  if (contexts.length > MAXIMUM_CONTEXTS) throw invalid('more than 128 presentation contexts');
  if (ids.size !== contexts.length) throw invalid('a presentation context id comes twice');
  if (contexts.some((context) => context.id % 2 === 0)) throw invalid('a presentation context id is even');
}

function userInformation(items: readonly Item[]): UserInformation {
  const subItems = items.filter((item) => item.type === 0x50).flatMap((item) => itemsOf(item.body));
  const find = (type: number) => subItems.find((item) => item.type === type)?.body;
  const maximumLength = find(0x51);
  if (maximumLength !== undefined && maximumLength.length !== 4)
    throw invalid('the maximum length item has a wrong size');
  return {
    maximumLength: maximumLength?.readUInt32BE(0),
    implementationClassUid: optionalText(find(0x52)),
    implementationVersionName: optionalText(find(0x55)),
    roles: subItems.filter((item) => item.type === 0x54).map(roleSelection),
    userIdentity: userIdentity(find(0x58)),
  };
}

/** PS3.7 Annex D.3.3.4: length and text of the UID, then one byte for each role. */
function roleSelection({ body }: Item): RoleSelection {
  if (body.length < 4 || body.readUInt16BE(0) + 4 !== body.length) {
    throw invalid('a role selection does not measure what it says');
  }
  const [scu, scp] = body.subarray(-2);
  return { sopClassUid: uidText(body.subarray(2, -2)), scu: scu === 1, scp: scp === 1 };
}

/** PS3.7 Annex D.3.3.7: type, response requested, primary field, secondary field. */
function userIdentity(body: Buffer | undefined): UserInformation['userIdentity'] {
  if (body === undefined) return 'absent';
  if (body.length > USER_IDENTITY_LIMIT || body.length < 6) return 'refused';
  const knownType = body[0] >= 1 && body[0] <= 5;
  const secondaryAt = 4 + body.readUInt16BE(2);
  if (!knownType || secondaryAt + 2 > body.length) return 'refused';
  return secondaryAt + 2 + body.readUInt16BE(secondaryAt) === body.length ? 'ignored' : 'refused';
}

function optionalText(body: Buffer | undefined): string | undefined {
  return body === undefined ? undefined : uidText(body);
}

/** UIDs in items are unpadded (PS3.8 Annex F), yet some senders pad them as data elements. */
function uidText(body: Buffer): string {
  return body.toString('latin1').replace(/[\0 ]+$/, '');
}

/** Leading and trailing spaces do not count (PS3.8 table 9-11); control characters stay, for the check to refuse. */
function aeTitleText(body: Buffer): string {
  return body.toString('latin1').replace(/^ +| +$/g, '');
}

function invalid(message: string): ProtocolViolation {
  return new ProtocolViolation('invalidParameter', message);
}
