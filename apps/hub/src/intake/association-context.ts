/** What intake knows of an accepted association: decided once, at its door, and the same for all of its instances. */
import type { CalledAe, CallingAe } from '@modelbank/contracts';

export interface AssociationContext {
  readonly callingAe: CallingAe;
  readonly calledAe: CalledAe;
  readonly startedAt: Date;
}
