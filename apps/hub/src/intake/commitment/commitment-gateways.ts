/**
 * Which calling AEs may ask for storage commitment, and where each takes its reports. Gateways only: a modality deletes its
 * originals after a commitment, and this hub is no archive (docs/dicom-conformance.md says what it promises).
 */
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY, CLOCK, HubError, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { CentreDirectory, Clock } from '@modelbank/contracts';
import { STORAGE_COMMITMENT_CONTEXT } from '@modelbank/dimse';
import type { Authorisation } from '@modelbank/dimse';
import { uuidv7 } from '@modelbank/platform';
import { CommitmentGatewayEntity, appendJournal, insertRow } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import type { AssociationContext } from '../association-context';

export type ReportAddress = Pick<CommitmentGatewayEntity, 'host' | 'port' | 'tls' | 'pinnedFingerprintSha256'>;

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

@Injectable()
export class CommitmentGateways {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The row counts only while the AE title is still one of that centre's. */
  async find(centreId: string, aeTitle: string): Promise<CommitmentGatewayEntity | null> {
    if ((await this.directory.callingAe(aeTitle))?.centreId !== centreId) return null;
    return this.store.manager.findOneBy(CommitmentGatewayEntity, { centreId, aeTitle });
  }

  /** Offers the service to an accepted peer that is a gateway, and to nobody else. */
  async offer(verdict: Authorisation<AssociationContext>): Promise<Authorisation<AssociationContext>> {
    if (!verdict.accept) return verdict;
    const { centreId, aeTitle } = verdict.context.callingAe;
    if ((await this.find(centreId, aeTitle)) === null) return verdict;
    return { ...verdict, furtherContexts: [STORAGE_COMMITMENT_CONTEXT] };
  }

  list(centreId: string): Promise<CommitmentGatewayEntity[]> {
    return this.store.manager.find(CommitmentGatewayEntity, { where: { centreId }, order: { aeTitle: 'ASC' } });
  }

  /** Without TLS on loopback only, as for destinations. */
  async set(actor: string, centreId: string, aeTitle: string, address: ReportAddress): Promise<void> {
    if (!address.tls && !LOOPBACK.test(address.host)) {
      throw new HubError('INVALID_REQUEST', 'reports without TLS must go to loopback', {
        advice: 'for a gateway without TLS run a tunnel (stunnel) on this machine and name 127.0.0.1 and its port',
      });
    }
    if ((await this.directory.callingAe(aeTitle))?.centreId !== centreId) {
      throw new HubError('NOT_FOUND', 'this centre has no such calling AE');
    }
    await this.unitOfWork.run(async (tx) => {
      await tx.manager.delete(CommitmentGatewayEntity, { aeTitle });
      await insertRow(tx.manager, CommitmentGatewayEntity, { ...address, id: uuidv7(this.clock), centreId, aeTitle });
      await appendJournal(tx, this.clock, {
        ...{ kind: 'commitment.gatewaySet', centreId, actor, subjectId: aeTitle },
        text: `calling AE ${aeTitle} may ask for storage commitment`,
      });
    });
  }

  async remove(actor: string, centreId: string, aeTitle: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { affected } = await tx.manager.delete(CommitmentGatewayEntity, { centreId, aeTitle });
      if (affected === 0) throw new HubError('NOT_FOUND', 'this calling AE is no gateway');
      await appendJournal(tx, this.clock, {
        ...{ kind: 'commitment.gatewayRemoved', centreId, actor, subjectId: aeTitle },
        text: `calling AE ${aeTitle} may not ask for storage commitment any more`,
      });
    });
  }
}
