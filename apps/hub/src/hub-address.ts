/** Where a running hub listens, in a file of its home: the command line finds the hub by it. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const HUB_ADDRESS_FILE = 'hub.json';

export interface HubAddress {
  readonly pid: number;
  readonly httpPort: number;
  readonly dimsePort: number;
  /** Null where DICOMweb is not enabled. */
  readonly dicomwebPort: number | null;
}

/** Written when everything listens; readers see all of it or nothing. */
export function writeHubAddress(home: string, address: HubAddress): void {
  const path = join(home, HUB_ADDRESS_FILE);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

export function removeHubAddress(home: string): void {
  rmSync(join(home, HUB_ADDRESS_FILE), { force: true });
}
