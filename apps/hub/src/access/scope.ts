/**
 * Whose data a request may see. A route that takes `@Scope()` filters its rows by it; the guard lets callers of one centre
 * into no other route, so that a route which forgets the filter shows them nothing.
 */
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { In } from 'typeorm';
import type { FindOperator } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import { OPERATOR } from './permissions';
import type { CentreIds } from './permissions';
import type { AuthenticatedRequest } from './require-permission';

export const SCOPED_METADATA = 'modelbank:scoped';

export interface CallerScope {
  /** For the journal. */
  readonly actor: string;
  readonly centreIds: CentreIds;
}

/** Everything, for what the operator does itself. */
export const OPERATOR_SCOPE: CallerScope = { actor: OPERATOR.actor, centreIds: 'all' };

const scopeOfRequest = createParamDecorator((_: unknown, context: ExecutionContext): CallerScope => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  return { actor: caller?.actor ?? 'unknown', centreIds: caller?.centreIds ?? [] };
});

/** The caller's scope; marks the route as one that filters by it. */
export function Scope(): ParameterDecorator {
  return (target, handler, index) => {
    scopeOfRequest()(target, handler, index);
    const method = (target as Record<string | symbol, object>)[handler ?? ''];
    Reflect.defineMetadata(SCOPED_METADATA, true, method);
  };
}

/**
 * The row-level filter: spread it into the `where` of every query for rows that belong to a centre. `asked`: the one centre
 * that the request is about, where it names one; of a centre that the caller may not see, nothing is found.
 */
export function ofCentres({ centreIds }: CallerScope, asked?: string): { centreId?: FindOperator<string> } {
  if (asked !== undefined) return { centreId: In(mayBeSeen(centreIds, asked) ? [asked] : []) };
  return centreIds === 'all' ? {} : { centreId: In([...centreIds]) };
}

const mayBeSeen = (centreIds: CentreIds, centreId: string) => centreIds === 'all' || centreIds.includes(centreId);

/** The one centre that a caller adds data for. */
export function ownCentreOf({ centreIds }: CallerScope): string {
  if (centreIds !== 'all' && centreIds.length === 1) return centreIds[0];
  throw new HubError('FORBIDDEN', 'only a caller of one centre can send data');
}
