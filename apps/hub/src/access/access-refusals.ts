/** Who was turned away at the DICOMweb door: one journal entry each, but a flood of them cannot fill the database. */
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { CLOCK, UNIT_OF_WORK, httpStatusOf } from '@modelbank/contracts';
import type { Clock, HubError } from '@modelbank/contracts';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import { appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { fingerprintOf } from './callers/machine-callers';
import { doorOf } from './door';

const MINUTE_MS = 60_000;
const MOST_PER_MINUTE = 120;

@Injectable()
export class AccessRefusals {
  private minute = 0;
  private inMinute = 0;

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
  ) {}

  async record(request: Request, { code }: HubError, centreId: string | null): Promise<void> {
    if (doorOf(request) !== 'dicomweb' || ![401, 403].includes(httpStatusOf(code))) return;
    const fingerprintSha256 = fingerprintOf(request.socket);
    const host = request.socket.remoteAddress;
    this.logger.warn('a DICOMweb request was refused', { stage: 'access', code, host, fingerprintSha256 });
    if (!this.mayWrite()) return;
    await this.unitOfWork.run((tx) =>
      appendJournal(tx, this.clock, {
        ...{ kind: 'dicomweb.refused', centreId, actor: fingerprintSha256 ?? 'unknown' },
        text: 'a DICOMweb request was refused',
        details: { code, method: request.method, remoteAddress: host, hadToken: 'authorization' in request.headers },
      }),
    );
  }

  private mayWrite(): boolean {
    const minute = Math.floor(this.clock.monotonicMs() / MINUTE_MS);
    this.inMinute = minute === this.minute ? this.inMinute + 1 : 1;
    this.minute = minute;
    return this.inMinute <= MOST_PER_MINUTE;
  }
}
