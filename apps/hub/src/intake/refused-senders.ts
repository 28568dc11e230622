/**
 * A refused sender is told to the book of senders, which lists it and journals the refusal; what the book does not write,
 * because it was the same a moment ago or is nothing to enrol, is counted in the refusal journal. One audit event either way.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY, SENDER_BOOK } from '@modelbank/contracts';
import type { CentreDirectory, SenderAttempt, SenderBook } from '@modelbank/contracts';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import { RefusalJournal } from './refusal-journal';

/** The centre is that of the certificate, where it is enrolled. */
export type RefusedSender = Omit<SenderAttempt, 'centreId'>;

@Injectable()
export class RefusedSenders {
  /** Those that are being written. */
  private readonly writing = new Set<Promise<void>>();

  constructor(
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    @Inject(SENDER_BOOK) private readonly book: SenderBook,
    @Inject(LOGGER) private readonly logger: HubLogger,
    private readonly refusals: RefusalJournal,
  ) {}

  /** Resolves when the refusal is durable or counted; never rejects, because a refusal must not depend on the database. */
  tell(sender: RefusedSender): Promise<void> {
    const written: Promise<void> = this.write(sender).finally(() => this.writing.delete(written));
    this.writing.add(written);
    return written;
  }

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    await Promise.all(this.writing);
  }

  private async write(sender: RefusedSender): Promise<void> {
    if (await this.isInBook(sender)) return;
    const { kind, code, text, remoteAddress, identity, rejection } = sender;
    const { fingerprintSha256, serialNumber } = identity ?? {};
    const details = { rejection };
    this.refusals.record({ kind, code, text, remoteAddress, fingerprintSha256, serialNumber, details });
  }

  private async isInBook(sender: RefusedSender): Promise<boolean> {
    try {
      return await this.book.note({ ...sender, centreId: await this.centreOf(sender) });
    } catch (thrown) {
      this.logger.error('a refused sender could not be listed', thrown, { stage: 'intake', code: sender.code });
      return false;
    }
  }

  private async centreOf({ identity }: RefusedSender): Promise<string | null> {
    const standing = identity && (await this.directory.certificate(identity.fingerprintSha256));
    return standing === undefined || standing.kind === 'unknown' ? null : standing.centreId;
  }
}
