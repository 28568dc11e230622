/** A C-ECHO (PS3.7 9.1.5) to where a centre's results go, exactly as a delivery would call it: is it there, does it take us? */
import { Inject, Injectable } from '@nestjs/common';
import { HubError, READ_STORE } from '@modelbank/contracts';
import { echoPeer, readHubClientTls } from '@modelbank/dimse';
import { CONFIGURATION, locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { DestinationEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';

/** AE title under which the hub calls. */
const CALLING_AE_TITLE = 'MODELBANK';

@Injectable()
export class EchoDestination {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** Resolves when the peer answered; else throws the HubError that says what it did instead. */
  async echo(centreId: string, id: string): Promise<void> {
    const destination = await this.readStore.manager.findOneBy(DestinationEntity, { id, centreId, active: true });
    if (destination === null) throw new HubError('NOT_FOUND', 'this centre has no such active destination');
    const { host, port, aeTitle, tls, pinnedFingerprintSha256 } = destination;
    const { pki } = locationsOf(this.configuration);
    await echoPeer({
      ...{ host, port, calledAeTitle: aeTitle, callingAeTitle: CALLING_AE_TITLE },
      tls: tls ? await readHubClientTls(pki, pinnedFingerprintSha256) : undefined,
    });
  }
}
