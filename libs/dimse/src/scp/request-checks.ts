/** What a request is refused with before its data set is looked at (PS3.7 Annex C), and what of it may be sent back. */
import { ERROR_CODES } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import { COMMAND, type Command } from '../command/command-set';
import { STATUS } from '../command/store-status';
import type { FailureStatus } from './scp-options';

/** What may be done on an accepted presentation context. */
export type ContextService = 'echo' | 'store' | 'action';

export interface AcceptedContext {
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
  readonly service: ContextService;
}

/** Operations that exist but that nobody offered here; anything else is unknown (PS3.7 table E.1-1). */
const OTHER_OPERATIONS: ReadonlySet<number> = new Set([
  0x0010, 0x0020, 0x0021, 0x0100, 0x0110, 0x0120, 0x0130, 0x0140, 0x0150,
]);

/** What a request without data set, or one that is not ours, is answered. */
export function statusWithoutDataSet({ commandField }: Command, { service }: AcceptedContext): number {
  if (commandField === COMMAND.cEchoRequest) return service === 'echo' ? STATUS.success : STATUS.sopClassNotSupported;
  if (commandField === COMMAND.cStoreRequest) return STATUS.processingFailure;
  if (commandField === COMMAND.nActionRequest && service === 'action') return STATUS.mistypedArgument;
  return OTHER_OPERATIONS.has(commandField) ? STATUS.sopClassNotSupported : STATUS.unrecognisedOperation;
}

export function refusalOfStore(command: Command, context: AcceptedContext): FailureStatus | undefined {
  const { affectedSopClassUid, affectedSopInstanceUid } = command;
  if (!affectedSopClassUid || !affectedSopInstanceUid) {
    return { status: STATUS.processingFailure, comment: 'The request lacks the UID of its class or instance' };
  }
  if (context.service !== 'store' || affectedSopClassUid !== context.abstractSyntax) {
    return { status: STATUS.sopClassNotSupported, comment: 'The SOP class is not that of the presentation context' };
  }
  return isUid(affectedSopInstanceUid)
    ? undefined
    : { status: STATUS.invalidUid, comment: ERROR_CODES.UID_INVALID.title };
}

export function refusalOfAction(command: Command, context: AcceptedContext): FailureStatus | undefined {
  const { requestedSopClassUid, requestedSopInstanceUid, actionTypeId } = command;
  if (requestedSopClassUid !== context.abstractSyntax) return { status: STATUS.classInstanceConflict };
  return requestedSopInstanceUid && actionTypeId !== undefined ? undefined : { status: STATUS.mistypedArgument };
}

/** UIDs that are none are not sent back: they may be of any length and hold anything. */
export function echoable(command: Command): Command {
  const kept = (uid: string | undefined): string | undefined => (uid && isUid(uid) ? uid : undefined);
  return {
    ...command,
    affectedSopClassUid: kept(command.affectedSopClassUid),
    affectedSopInstanceUid: kept(command.affectedSopInstanceUid),
    requestedSopClassUid: kept(command.requestedSopClassUid),
    requestedSopInstanceUid: kept(command.requestedSopInstanceUid),
  };
}
