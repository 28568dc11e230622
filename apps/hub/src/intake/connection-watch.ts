/**
 * Cuts live connections whose right has ended: the certificate was revoked or has run out, or the calling AE title was taken
 * from the centre. TLS looks at certificates in the handshake only, and another process of the hub may have committed the
 * change; so every two seconds the database is asked about whoever is connected.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY } from '@modelbank/contracts';
import type { CentreDirectory } from '@modelbank/contracts';
import type { DimseServer, LiveConnection } from '@modelbank/dimse';
import { LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { HubLogger, Scheduler } from '@modelbank/platform';

/** With the two seconds that a cut socket may take to close: within five. */
export const LOOK_EVERY_MS = 2_000;

@Injectable()
export class ConnectionWatch {
  private server: Pick<DimseServer, 'connections'> | undefined;
  private readonly ticker: Ticker;

  constructor(
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    @Inject(SCHEDULER) scheduler: Scheduler,
    @Inject(LOGGER) logger: HubLogger,
  ) {
    this.ticker = new Ticker({
      everyMs: LOOK_EVERY_MS,
      scheduler,
      sweep: () => this.look(),
      // who is connected stays so: a database that is away for a moment must not cut every centre
      onError: (error) => logger.error('live connections could not be checked', error, { stage: 'intake' }),
    });
  }

  start(server: Pick<DimseServer, 'connections'>): void {
    this.server = server;
    this.ticker.start();
  }

  async stop(): Promise<void> {
    await this.ticker.stop();
    this.server = undefined;
  }

  private async look(): Promise<void> {
    const connections = this.server?.connections() ?? [];
    if (connections.length === 0) return;
    await this.directory.refresh();
    for (const connection of connections) {
      const why = await this.whyToCut(connection);
      if (why !== undefined) connection.cut(why);
    }
  }

  /** A certificate that is enrolled nowhere gets its rejection when it asks for an association. */
  private async whyToCut({ fingerprintSha256, callingAeTitle }: LiveConnection): Promise<string | undefined> {
    const standing = await this.directory.certificate(fingerprintSha256);
    if (standing.kind === 'revoked') return 'the certificate was revoked';
    if (standing.kind === 'outsideValidity') return 'the certificate has run out';
    if (standing.kind === 'unknown' || callingAeTitle === undefined) return undefined;
    const callingAe = await this.directory.callingAe(callingAeTitle);
    return callingAe?.centreId === standing.centreId ? undefined : 'the calling AE title was taken from the centre';
  }
}
