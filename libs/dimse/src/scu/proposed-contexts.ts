/** The presentation contexts of an outgoing association: one per SOP class and transfer syntax, so that no peer has to choose. */
import { HubError } from '@modelbank/contracts';
import { OWN_INFORMATION } from '../pdu/associate-information';
import { encodeAssociateRequest } from '../pdu/encode-pdu';
import { CONTEXT_RESULT, type AnsweredContext } from '../pdu/pdu';
import type { AssociationTarget, WantedContext } from './scu-options';

/** Ids are odd and fit a byte (PS3.8 section 9.3.2.2). */
export const MAXIMUM_CONTEXTS = 128;

interface Proposal extends WantedContext {
  readonly id: number;
}

export class ProposedContexts {
  private readonly proposals: readonly Proposal[];
  private answers: ReadonlyMap<number, AnsweredContext> = new Map();

  constructor(wanted: readonly WantedContext[]) {
    const distinct = new Map(wanted.map((context) => [contextKey(context), context]));
    if (distinct.size === 0 || distinct.size > MAXIMUM_CONTEXTS) {
      throw new HubError('INVALID_REQUEST', `an association proposes 1 to ${MAXIMUM_CONTEXTS} presentation contexts`);
    }
    this.proposals = [...distinct.values()].map(({ sopClassUid, transferSyntaxUid }, index) => ({
      id: 2 * index + 1,
      sopClassUid,
      transferSyntaxUid,
    }));
  }

  encodeRequest({ calledAeTitle, callingAeTitle }: AssociationTarget): Buffer {
    const contexts = this.proposals.map(({ id, sopClassUid, transferSyntaxUid }) => ({
      id,
      abstractSyntax: sopClassUid,
      transferSyntaxes: [transferSyntaxUid],
    }));
    return encodeAssociateRequest({ calledAeTitle, callingAeTitle, userInformation: OWN_INFORMATION }, contexts);
  }

  /** Takes the peer's answers. */
  adopt(answers: readonly AnsweredContext[]): void {
    this.answers = new Map(answers.map((answer) => [answer.id, answer]));
  }

  /** The id under which this class may be used in this syntax. */
  acceptedId(wanted: WantedContext): number | undefined {
    return this.proposals.find((each) => contextKey(each) === contextKey(wanted) && this.isAccepted(each))?.id;
  }

  /** The id under which this class may be used in any syntax. */
  acceptedIdOfClass(sopClassUid: string): number | undefined {
    return this.proposals.find((each) => each.sopClassUid === sopClassUid && this.isAccepted(each))?.id;
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

  private isAccepted({ id, transferSyntaxUid }: Proposal): boolean {
    const answer = this.answers.get(id);
    return answer?.result === CONTEXT_RESULT.accepted && answer.transferSyntax === transferSyntaxUid;
  }
}

/** Same key, same presentation context. */
export function contextKey({ sopClassUid, transferSyntaxUid }: WantedContext): string {
  return `${sopClassUid} ${transferSyntaxUid}`;
}
