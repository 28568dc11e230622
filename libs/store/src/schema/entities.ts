/** Every entity of the hub, for the data sources. */
import { PersonEntity } from '../access/person.entity';
import { InputSetEntity, SeriesEntity } from '../assembly/series.entity';
import {
  CalledAeEntity,
  CallingAeEntity,
  CentreCertificateEntity,
  CentreEntity,
  DestinationEntity,
  LegalEntityEntity,
} from '../centres/centre.entity';
import { UnknownSenderEntity } from '../centres/unknown-sender.entity';
import { DeliveryEntity } from '../delivery/delivery.entity';
import { JobEntity } from '../dispatch/job.entity';
import { CommitmentEntity, CommitmentGatewayEntity, CommitmentItemEntity } from '../intake/commitment.entity';
import { AssociationEntity, InstanceEntity } from '../intake/instance.entity';
import { JournalEntryEntity } from '../journal/journal.entity';
import { ModelVersionEntity } from '../models/model-version.entity';
import { InboxMessageEntity, OutboxMessageEntity } from '../outbox/outbox.entity';
import { ResultEntity } from '../results/result.entity';
import { CandidateEntity, HeldItemEntity, ImageFactsEntity, TaskSelectionEntity } from '../selection/selection.entity';

export const ENTITIES = [
  CentreEntity,
  LegalEntityEntity,
  CallingAeEntity,
  CalledAeEntity,
  CentreCertificateEntity,
  DestinationEntity,
  AssociationEntity,
  InstanceEntity,
  SeriesEntity,
  InputSetEntity,
  CandidateEntity,
  TaskSelectionEntity,
  ImageFactsEntity,
  HeldItemEntity,
  ModelVersionEntity,
  JobEntity,
  ResultEntity,
  DeliveryEntity,
  JournalEntryEntity,
  OutboxMessageEntity,
  InboxMessageEntity,
  PersonEntity,
  UnknownSenderEntity,
  CommitmentGatewayEntity,
  CommitmentEntity,
  CommitmentItemEntity,
] as const;
