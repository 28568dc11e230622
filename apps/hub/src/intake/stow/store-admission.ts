/** How many STOW requests are served at a time: of one centre, so that none can crowd out the others, and of all. */
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '@modelbank/contracts';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';

@Injectable()
export class StoreAdmission {
  private readonly underWay = new Map<string, number>();
  private total = 0;

  constructor(@Inject(CONFIGURATION) private readonly configuration: Configuration) {}

  /** Returns how to leave. Throws TOO_MANY_REQUESTS or HUB_BUSY. */
  enter(centreId: string): () => void {
    const { maxStores, maxStoresPerCentre } = this.configuration.dicomweb.limits;
    const ofCentre = this.underWay.get(centreId) ?? 0;
    if (ofCentre >= maxStoresPerCentre) {
      throw new HubError('TOO_MANY_REQUESTS', `a centre may store ${maxStoresPerCentre} requests at a time`);
    }
    if (this.total >= maxStores) throw new HubError('HUB_BUSY', 'the hub serves as many requests as it can');
    this.underWay.set(centreId, ofCentre + 1);
    this.total += 1;
    return () => this.leave(centreId);
  }

  private leave(centreId: string): void {
    this.total -= 1;
    const left = (this.underWay.get(centreId) ?? 1) - 1;
    if (left === 0) this.underWay.delete(centreId);
    else this.underWay.set(centreId, left);
  }
}
