/** What people may do, by their role; whose data they see is their centre's business, not the role's. */
import type { CentreIds, Permission } from './permissions';

export const ROLES = ['clinician', 'physicist', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const READS: readonly Permission[] = ['dicomweb:read', 'series:read', 'selection:read', 'jobs:read', 'results:read'];

export const PERMISSIONS_OF_ROLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  clinician: new Set<Permission>(READS),
  physicist: new Set<Permission>([...READS, 'dicomweb:store', 'held:read']),
  auditor: new Set<Permission>([...READS, 'held:read', 'journal:read']),
};

export function isRole(text: unknown): text is Role {
  return ROLES.some((role) => role === text);
}

/** Only an auditor may see all centres, and only where that was said: an absent centre is nobody's data. */
export function centreIdsOf(role: Role, centreId: string | null): CentreIds {
  if (centreId !== null) return [centreId];
  return role === 'auditor' ? 'all' : [];
}
