/** What a caller of `/api/v1` may do: the closed list of permissions. Every route names exactly one of them. */
export const PERMISSIONS = [
  'centres:read',
  'centres:write',
  'senders:read',
  'senders:write',
  'models:read',
  'models:write',
  'series:read',
  'selection:read',
  'jobs:read',
  'results:read',
  'results:objects',
  'deliveries:read',
  'deliveries:write',
  'held:read',
  'held:write',
  'journal:read',
  'metrics:read',
  'persons:read',
  'persons:write',
  'dicomweb:read',
  'dicomweb:store',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Who calls: the name that the journal keeps, and what it may do. */
export interface Caller {
  readonly actor: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Whose data the caller may see and add to; absent: nobody's. */
  readonly centreIds?: CentreIds;
}

/** `all` is for the operator and for auditors; a machine has one centre, and so has a person at a hospital. */
export type CentreIds = 'all' | readonly string[];

/** The operator of the machine: whoever can read the token file. May do everything. */
export const OPERATOR: Caller = { actor: 'operator', permissions: new Set(PERMISSIONS), centreIds: 'all' };
