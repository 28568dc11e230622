/** The DICOM listener of the hub: wires door, reception and the end of associations to the SCP, and cuts revoked peers. */
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY, CLOCK, HubError } from '@modelbank/contracts';
import type { CentreDirectory, Clock } from '@modelbank/contracts';
import { createDimseServer } from '@modelbank/dimse';
import type {
  AcceptedAssociation,
  AssociationPeer,
  Authorisation,
  DimseServer,
  ScpIncident,
  ServerTls,
  StoreRequest,
} from '@modelbank/dimse';
import { CONFIGURATION, LOGGER, uuidv7 } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { ACCEPTED_CONTEXTS } from './accepted-contexts';
import type { AnnouncedInstance } from './arrival';
import type { AssociationContext } from './association-context';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { ConnectionWatch } from './connection-watch';
import { CommitmentGateways } from './commitment/commitment-gateways';
import { ReceiveCommitment } from './commitment/receive-commitment';
import { IntakeMetrics } from './intake-metrics';
import { ReceiveInstance } from './receive-instance';
import { RefusalJournal } from './refusal-journal';
import { refusalOf, refusedSenderOf } from './refused-peers';
import { RefusedSenders } from './refused-senders';
import { readServerTls } from './server-tls';
import { StoreInstances } from './store-instances';

@Injectable()
export class DicomListener {
  private server: DimseServer | undefined;
  private stopListeningForRevocations: () => void = () => undefined;
  /** Peers that the door is just refusing: it journals that itself. */
  private readonly refusedByDoor = new Set<string>();

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    private readonly door: AssociationDoor,
    private readonly reception: ReceiveInstance,
    private readonly associations: AssociationLog,
    private readonly instances: StoreInstances,
    private readonly metrics: IntakeMetrics,
    private readonly refusals: RefusalJournal,
    private readonly refusedSenders: RefusedSenders,
    private readonly watch: ConnectionWatch,
    private readonly gateways: CommitmentGateways,
    private readonly commitments: ReceiveCommitment,
  ) {}

  /** Opens the door; everything behind it must run already. Returns the port. */
  async listen(): Promise<number> {
    const { commitment, dimse } = this.configuration;
    const { host, port, limits } = dimse;
    const server = createDimseServer<AssociationContext>({
      tls: await this.tls(),
      limits: {
        maximumAssociations: limits.maxAssociations,
        maximumAssociationsPerCentre: limits.maxAssociationsPerCentre,
        maximumConnections: limits.maxConnections,
        maximumObjectBytes: limits.maxInstanceBytes,
        maximumPduBytes: limits.maxPduBytes,
        maximumAssociateBytes: limits.maxAssociateBytes,
        handshakeMs: limits.handshakeTimeoutMs,
        associateMs: limits.artimTimeoutMs,
        lingerMs: limits.closeTimeoutMs,
        idleMs: limits.idleTimeoutMs,
        minimumBytesPerSecond: limits.minBytesPerSecond,
        rateWindowMs: limits.rateWindowMs,
        responseMs: commitment.timeoutMs,
      },
      presentationContexts: ACCEPTED_CONTEXTS,
      authorise: async (peer) => this.gateways.offer(await this.authorise(peer)),
      onStore: (request) => this.reception.open(announcedBy(request)),
      onAction: (request) => this.commitments.open(request),
      onAssociationEnd: (association, outcome) => this.ended(association, outcome),
      onIncident: (incident) => this.tell(incident),
      newAssociationId: () => uuidv7(this.clock),
    });
    this.server = server;
    this.stopListeningForRevocations = this.directory.onRevoked((fingerprint) => server.cutByFingerprint(fingerprint));
    this.watch.start(server);
    return (await server.listen(port, host)).port;
  }

  /** Instances that are half way may end; afterwards nothing arrives any more. */
  async close(): Promise<void> {
    this.stopListeningForRevocations();
    await this.watch.stop();
    await this.server?.close();
    this.server = undefined;
    await this.refusedSenders.idle();
    await this.refusals.flush();
  }

  /** The incident of a refusal follows before the event loop goes on to anything else. */
  private async authorise(peer: AssociationPeer): Promise<Authorisation<AssociationContext>> {
    const verdict = await this.door.authorise(peer);
    if (!verdict.accept) {
      this.refusedByDoor.add(nameOf(peer));
      setImmediate(() => this.refusedByDoor.delete(nameOf(peer)));
    }
    return verdict;
  }

  private async ended(
    association: AcceptedAssociation<AssociationContext>,
    outcome: 'released' | 'aborted',
  ): Promise<void> {
    const { id: associationId, callingAeTitle, calledAeTitle } = association;
    const fields = { stage: 'intake', associationId, callingAeTitle, calledAeTitle, outcome };
    this.logger.info('an association ended', fields);
    if (!this.instances.hasRecorded(association.id)) return;
    await this.associations.ended(association.id, outcome);
    this.instances.forget(association.id);
  }

  /** The message of an incident holds no data of the peer (ScpIncident). */
  private tell(incident: ScpIncident): void {
    const { rule, message, remoteAddress: host, fingerprintSha256, associationId, cause } = incident;
    this.metrics.incident(rule);
    const isJournalled = rule === 'rejected' && this.refusedByDoor.has(nameOf(incident));
    if (!isJournalled) this.record(incident);
    const fields = { stage: 'intake', code: rule, host, fingerprintSha256, associationId };
    const text = `a DICOM peer was refused or lost: ${message}`;
    if (incident.tlsRefusal === 'abandoned') this.logger.debug(text, fields);
    else this.logger.warn(text, fields, cause);
  }

  private record(incident: ScpIncident): void {
    const sender = refusedSenderOf(incident);
    if (sender !== undefined) return void this.refusedSenders.tell(sender);
    const refusal = refusalOf(incident);
    if (refusal !== undefined) this.refusals.record(refusal);
  }

  private async tls(): Promise<ServerTls> {
    try {
      const { isNew, ...tls } = await readServerTls(this.configuration.home, this.clock.now());
      if (isNew) this.logger.warn('a development PKI was made: not for use outside this machine', { stage: 'intake' });
      return tls;
    } catch (thrown) {
      throw new HubError('INVALID_CONFIGURATION', "the hub's certificate or its authority cannot be read", {
        cause: thrown,
        advice: 'Needed in the pki folder of MODELBANK_HOME: ca.crt, hub/server.crt and hub/server.key.',
      });
    }
  }
}

function nameOf({
  remoteAddress,
  fingerprintSha256,
}: Pick<ScpIncident, 'remoteAddress' | 'fingerprintSha256'>): string {
  return `${remoteAddress} ${fingerprintSha256 ?? ''}`;
}

function announcedBy({ association, ...request }: StoreRequest<AssociationContext>): AnnouncedInstance {
  const { id, context, fingerprintSha256, remoteAddress } = association;
  return { ...request, arrival: { id, ...context, actor: fingerprintSha256 ?? 'unknown', remoteAddress } };
}
