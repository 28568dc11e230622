/** The hub's own AE titles. The first start makes MODELBANK with purpose test: nothing clinical leaves by default. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { CalledAeEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import type { AddCalledAeDto } from './called-ae.dto';
import { CachedCentreDirectory } from './directory';

export const DEFAULT_CALLED_AE: AddCalledAeDto = { aeTitle: 'MODELBANK', purpose: 'test' };

@Injectable()
export class CalledAes implements OnApplicationBootstrap {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: CachedCentreDirectory,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if ((await tx.manager.count(CalledAeEntity)) === 0) await this.insert(tx, 'hub', DEFAULT_CALLED_AE);
    });
    this.directory.forget();
  }

  async add(actor: string, ae: AddCalledAeDto): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (await tx.manager.existsBy(CalledAeEntity, { aeTitle: ae.aeTitle })) {
        throw new HubError('CONFLICT', `the called AE ${ae.aeTitle} exists already`);
      }
      await this.insert(tx, actor, ae);
    });
    this.directory.forget();
  }

  private async insert(tx: Transaction, actor: string, ae: AddCalledAeDto): Promise<void> {
    await tx.manager.insert(CalledAeEntity, {
      id: uuidv7(this.clock),
      aeTitle: ae.aeTitle,
      purpose: ae.purpose,
      protocolId: ae.protocolId ?? null,
      parameters: ae.parameters ?? null,
    });
    const text = `called AE ${ae.aeTitle} added with purpose ${ae.purpose}`;
    await appendJournal(tx, this.clock, {
      kind: 'calledAe.added',
      centreId: null,
      actor,
      subjectId: ae.aeTitle,
      text,
    });
  }
}
