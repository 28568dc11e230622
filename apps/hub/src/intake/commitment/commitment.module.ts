/** Wires storage commitment. Global, because the stage that deletes must ask what is promised. */
import { Global, Module } from '@nestjs/common';
import { COMMITMENTS } from '@modelbank/contracts';
import { CommitmentGateways } from './commitment-gateways';
import { CommitmentLoop } from './commitment-loop';
import { CommitmentController } from './commitment.controller';
import { StoredCommitments } from './commitments';
import { ReceiveCommitment } from './receive-commitment';

@Global()
@Module({
  controllers: [CommitmentController],
  providers: [
    CommitmentGateways,
    CommitmentLoop,
    ReceiveCommitment,
    StoredCommitments,
    { provide: COMMITMENTS, useExisting: StoredCommitments },
  ],
  exports: [COMMITMENTS, CommitmentGateways, ReceiveCommitment],
})
export class CommitmentModule {}
