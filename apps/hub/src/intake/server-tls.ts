/** The hub's own certificate and the authority that its peers must be signed by, from the pki folder of its home. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePki } from '@modelbank/dimse';
import type { ServerTls } from '@modelbank/dimse';

/** A home without any authority gets a development PKI; one that has an authority is never touched. */
export async function readServerTls(home: string, now: Date): Promise<ServerTls & { readonly isNew: boolean }> {
  const folder = join(home, 'pki');
  const isNew = !(await exists(join(folder, 'ca.crt')));
  if (isNew) await ensurePki(home, [], now);
  const names = ['ca.crt', 'hub/server.crt', 'hub/server.key'];
  const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return { ca, cert, key, isNew };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
