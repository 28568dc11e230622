/** The presentation contexts of an outgoing association: one per SOP class and transfer syntax, so that no peer has to choose. */
import { HubError } from '@modelbank/contracts';
import { OWN_INFORMATION } from '../pdu/associate-information';
import { encodeAssociateRequest } from '../pdu/encode-pdu';
import { CONTEXT_RESULT, type AnsweredContext, type AssociateAccept } from '../pdu/pdu';
import type { AssociationTarget, WantedContext } from './scu-options';

/** Ids are odd and fit a byte (PS3.8 section 9.3.2.2). */
export const MAXIMUM_CONTEXTS = 128;

interface Proposal extends WantedContext {
  readonly id: number;
}

export class ProposedContexts {
  private readonly proposals: readonly Proposal[];
  private answers: ReadonlyMap<number, AnsweredContext> = new Map();
  private scpClasses: ReadonlySet<string> = new Set();

  constructor(wanted: readonly WantedContext[]) {
    const distinct = new Map(wanted.map((context) => [contextKey(context), context]));
    if (distinct.size === 0 || distinct.size > MAXIMUM_CONTEXTS) {
      throw new HubError('INVALID_REQUEST', `an association proposes 1 to ${MAXIMUM_CONTEXTS} presentation contexts`);
    }
    this.proposals = [...distinct.values()].map(({ sopClassUid, transferSyntaxUid, role }, index) => ({
      id: 2 * index + 1,
      sopClassUid,
      transferSyntaxUid,
      role,
    }));
  }

  encodeRequest({ calledAeTitle, callingAeTitle }: AssociationTarget): Buffer {
    const contexts = this.proposals.map(({ id, sopClassUid, transferSyntaxUid }) => ({
      id,
      abstractSyntax: sopClassUid,
      transferSyntaxes: [transferSyntaxUid],
    }));
    const roles = [...new Set(this.proposals.filter(({ role }) => role === 'scp').map((each) => each.sopClassUid))].map(
      (sopClassUid) => ({ sopClassUid, scu: false, scp: true }),
    );
    const userInformation = { ...OWN_INFORMATION, roles };
    return encodeAssociateRequest({ calledAeTitle, callingAeTitle, userInformation }, contexts);
  }

  /** Takes the peer's answers. */
  adopt({ contexts, userInformation }: AssociateAccept): void {
    this.answers = new Map(contexts.map((answer) => [answer.id, answer]));
    this.scpClasses = new Set(userInformation.roles.filter(({ scp }) => scp).map(({ sopClassUid }) => sopClassUid));
  }

  /** The accepted context of an id. */
  accepted(id: number): WantedContext | undefined {
    return this.proposals.find((each) => each.id === id && this.isAccepted(each));
  }

  /** The id under which this class may be used in this syntax. */
  acceptedId(wanted: WantedContext): number | undefined {
    return this.proposals.find((each) => contextKey(each) === contextKey(wanted) && this.isAccepted(each))?.id;
  }

  /** The id under which this class may be used in any syntax. */
  requireAcceptedClass(sopClassUid: string, peer: string): number {
    const found = this.proposals.find((each) => each.sopClassUid === sopClassUid && this.isAccepted(each));
    if (found) return found.id;
    throw new HubError('SOP_CLASS_NOT_SUPPORTED', `${peer} does not take SOP class ${sopClassUid}`);
  }

  /** As `acceptedId`; throws saying which of the two the peer does not take. */
  requireAccepted(wanted: WantedContext, peer: string): number {
    const id = this.acceptedId(wanted);
    if (id !== undefined) return id;
    const proposal = this.proposals.find((each) => contextKey(each) === contextKey(wanted));
    const result = proposal && this.answers.get(proposal.id)?.result;
    if (result === CONTEXT_RESULT.transferSyntaxesNotSupported || result === CONTEXT_RESULT.accepted) {
      throw new HubError(
        'TRANSFER_SYNTAX_NOT_SUPPORTED',
        `${peer} does not take transfer syntax ${wanted.transferSyntaxUid} for SOP class ${wanted.sopClassUid}`,
      );
    }
    throw new HubError('SOP_CLASS_NOT_SUPPORTED', `${peer} does not take SOP class ${wanted.sopClassUid}`);
  }

  /** A peer that does not answer the role we asked for has refused it: the default is SCU. */
  private isAccepted({ id, sopClassUid, transferSyntaxUid, role }: Proposal): boolean {
    const answer = this.answers.get(id);
    if (role === 'scp' && !this.scpClasses.has(sopClassUid)) return false;
    return answer?.result === CONTEXT_RESULT.accepted && answer.transferSyntax === transferSyntaxUid;
  }
}

/** Same key, same presentation context. */
export function contextKey({ sopClassUid, transferSyntaxUid, role = 'scu' }: WantedContext): string {
  return `${sopClassUid} ${transferSyntaxUid} ${role}`;
}
