/**
 * Named places at which `kill -9` must lose nothing and double nothing. Test builds die there when `MODELBANK_CRASH_AT`
 * names one; each is listed by its stage in journey.ts.
 */
export const CRASH_POINTS = [
  'intake.whileReceiving',
  'intake.beforeFsync',
  'intake.beforeCommit',
  'intake.beforeResponse',
  'intake.beforeRevisionCommit',
  'intake.afterRevisionCommit',
  'assembly.beforeCommit',
  'assembly.afterCommit',
  'selection.beforeCommit',
  'selection.afterCommit',
  'dispatch.beforeCommit',
  'dispatch.afterCommit',
  'inference.afterClaim',
  'inference.whileRunning',
  'inference.beforeCommit',
  'inference.afterCommit',
  'results.beforeCommit',
  'results.afterCommit',
  'delivery.beforeSend',
  'delivery.afterPeerResponse',
  'delivery.afterCommit',
  'models.beforeCommit',
  'retention.beforeCommit',
  'retention.afterDecision',
  'retention.afterRemoval',
  'journal.beforeCommit',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];
