/** The token of a local account -> its person. Asked for every request, so that a revocation counts at once. */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, READ_STORE } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { PersonEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import type { Caller } from '../permissions';
import { PERMISSIONS_OF_ROLE, centreIdsOf, isRole } from '../roles';

/** Tells these tokens from all others, also to those who scan for leaked secrets. */
export const PERSON_TOKEN_PREFIX = 'mbp_';

export function digestOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

@Injectable()
export class PersonTokens {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async callerOf(token: string): Promise<Caller | undefined> {
    const tokenSha256 = digestOfToken(token);
    const person = await this.readStore.manager.findOneBy(PersonEntity, { tokenSha256 });
    if (person === null || person.revokedAt !== null || person.expiresAt <= this.clock.now()) return undefined;
    const { id, role, centreId } = person;
    if (!isRole(role)) return undefined;
    return { actor: `person:${id}`, permissions: PERMISSIONS_OF_ROLE[role], centreIds: centreIdsOf(role, centreId) };
  }
}
