/** Every change to local accounts, with its journal entry in one transaction. */
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { CentreEntity, PersonEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { PERSON_TOKEN_PREFIX, digestOfToken } from '../callers/person-tokens';
import type { AddPersonDto } from './person.dto';

const DAY_MS = 86_400_000;

@Injectable()
export class PersonRegister {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** Returns the token. A person whose token has expired or was revoked gets a new one. */
  async add(actor: string, person: AddPersonDto): Promise<string> {
    const centreId = centreOf(person);
    const token = PERSON_TOKEN_PREFIX + randomBytes(32).toString('base64url');
    const now = this.clock.now();
    const days = person.days ?? this.configuration.identity.personTokenDays;
    await this.unitOfWork.run(async (tx) => {
      await this.requireAbsent(tx, person.id, now);
      if (centreId !== null && !(await tx.manager.existsBy(CentreEntity, { id: centreId }))) {
        throw new HubError('NOT_FOUND', 'there is no such centre', { advice: 'List them: modelbank centre list' });
      }
      await tx.manager.save(PersonEntity, {
        ...{ id: person.id, name: person.name, role: person.role, centreId },
        ...{ tokenSha256: digestOfToken(token), addedAt: now, revokedAt: null },
        expiresAt: new Date(now.getTime() + days * DAY_MS),
      });
      const text = `a ${person.role} was given a token for ${days} days`;
      await appendJournal(tx, this.clock, { kind: 'person.added', centreId, actor, subjectId: person.id, text });
    });
    return token;
  }

  /** From the commit on, the token opens nothing. */
  async revoke(actor: string, id: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const person = await tx.manager.findOneBy(PersonEntity, { id });
      if (person === null) {
        throw new HubError('NOT_FOUND', 'there is no such person', { advice: 'List them: modelbank person list' });
      }
      if (person.revokedAt !== null) return;
      await tx.manager.update(PersonEntity, { id }, { revokedAt: this.clock.now() });
      const { centreId } = person;
      const text = "a person's token was revoked";
      await appendJournal(tx, this.clock, { kind: 'person.revoked', centreId, actor, subjectId: id, text });
    });
  }

  private async requireAbsent(tx: Transaction, id: string, now: Date): Promise<void> {
    const known = await tx.manager.findOneBy(PersonEntity, { id });
    if (known === null || known.revokedAt !== null || known.expiresAt <= now) return;
    throw new HubError('CONFLICT', `the person ${id} has a token that is good`, {
      advice: `Take it back first: modelbank person revoke ${id}`,
    });
  }
}

function centreOf({ role, centre, allCentres }: AddPersonDto): string | null {
  if (centre !== undefined && !allCentres) return centre;
  if (centre === undefined && allCentres && role === 'auditor') return null;
  throw new HubError('INVALID_REQUEST', 'a person belongs to one centre; only an auditor may see all centres');
}
