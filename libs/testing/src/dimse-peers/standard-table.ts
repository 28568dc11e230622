/**
 * PS3.8 table 9-10 and the actions of tables 9-6 to 9-9, written down apart from libs/dimse, so that a mistake in one
 * is not repeated in the other.
 */

/** The table as it is printed in the standard, one row for each event, Sta1 to Sta13. */
export const STANDARD_TABLE: Readonly<Record<string, string>> = {
  //       1    2    3    4    5    6    7    8    9    10    11   12   13
  Evt1: '  AE-1 -    -    -    -    -    -    -    -    -     -    -    -   ',
  Evt2: '  -    -    -    AE-2 -    -    -    -    -    -     -    -    -   ',
  Evt3: '  -    AA-1 AA-8 -    AE-3 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6',
  Evt4: '  -    AA-1 AA-8 -    AE-4 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6',
  Evt5: '  AE-5 -    -    -    -    -    -    -    -    -     -    -    -   ',
  Evt6: '  -    AE-6 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7',
  Evt7: '  -    -    AE-7 -    -    -    -    -    -    -     -    -    -   ',
  Evt8: '  -    -    AE-8 -    -    -    -    -    -    -     -    -    -   ',
  Evt9: '  -    -    -    -    -    DT-1 -    AR-7 -    -     -    -    -   ',
  Evt10: ' -    AA-1 AA-8 -    AA-8 DT-2 AR-6 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6',
  Evt11: ' -    -    -    -    -    AR-1 -    -    -    -     -    -    -   ',
  Evt12: ' -    AA-1 AA-8 -    AA-8 AR-2 AR-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6',
  Evt13: ' -    AA-1 AA-8 -    AA-8 AA-8 AR-3 AA-8 AA-8 AR-10 AR-3 AA-8 AA-6',
  Evt14: ' -    -    -    -    -    -    -    AR-4 AR-9 -     -    AR-4 -   ',
  Evt15: ' -    -    AA-1 AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1  AA-1 AA-1 -   ',
  Evt16: ' -    AA-2 AA-3 -    AA-3 AA-3 AA-3 AA-3 AA-3 AA-3  AA-3 AA-3 AA-2',
  Evt17: ' -    AA-5 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4  AA-4 AA-4 AR-5',
  Evt18: ' -    AA-2 -    -    -    -    -    -    -    -     -    -    AA-2',
  Evt19: ' -    AA-1 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7',
};

export interface StandardEffect {
  readonly next: string | { readonly requestor: string; readonly acceptor: string };
  /** The PDU type that the peer reads, with source for an abort of the provider (2) or the user (0). */
  readonly peerReads?: number;
  readonly tells?: string;
  readonly closes?: true;
}

/** Tables 9-6 to 9-9. */
export const STANDARD_EFFECTS: Readonly<Record<string, StandardEffect>> = {
  'AE-1': { next: 'Sta4' },
  'AE-2': { next: 'Sta5', peerReads: 1 },
  'AE-3': { next: 'Sta6', tells: 'accepted' },
  'AE-4': { next: 'Sta1', tells: 'rejected', closes: true },
  'AE-5': { next: 'Sta2' },
  'AE-6': { next: 'Sta3', tells: 'requested' },
  'AE-7': { next: 'Sta6', peerReads: 2 },
  'AE-8': { next: 'Sta13', peerReads: 3 },
  'DT-1': { next: 'Sta6', peerReads: 4 },
  'DT-2': { next: 'Sta6', tells: 'data' },
  'AR-1': { next: 'Sta7', peerReads: 5 },
  'AR-2': { next: 'Sta8', tells: 'release asked' },
  'AR-3': { next: 'Sta1', tells: 'released', closes: true },
  'AR-4': { next: 'Sta13', peerReads: 6 },
  'AR-5': { next: 'Sta1', closes: true },
  'AR-6': { next: 'Sta7', tells: 'data' },
  'AR-7': { next: 'Sta8', peerReads: 4 },
  'AR-8': { next: { requestor: 'Sta9', acceptor: 'Sta10' }, tells: 'release asked' },
  'AR-9': { next: 'Sta11', peerReads: 6 },
  'AR-10': { next: 'Sta12', tells: 'released' },
  'AA-1': { next: 'Sta13', peerReads: 7 },
  'AA-2': { next: 'Sta1', closes: true },
  'AA-3': { next: 'Sta1', tells: 'aborted', closes: true },
  'AA-4': { next: 'Sta1', closes: true },
  'AA-5': { next: 'Sta1', closes: true },
  'AA-6': { next: 'Sta13' },
  'AA-7': { next: 'Sta13', peerReads: 7 },
  'AA-8': { next: 'Sta13', peerReads: 7, tells: 'failed' },
};
