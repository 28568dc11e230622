/** `modelbank centre cert`: enrol a certificate of a centre, its own or a development one, or revoke it. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import type { HubClient } from '../hub-client';
import { fingerprint, localTime } from '../output/format';
import type { CentreAnswer } from './centre-text';
import { developmentCertificates, replaceClientPair } from './development-certificate';
import type { CentreCertificateFiles } from './development-certificate';

export function addCertCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('cert')
    .argument('<id>', 'the centre')
    .option('--pem <file>', "enrol this certificate (the centre's own); without it a development certificate is made")
    .option('--revoke <fingerprint>', 'revoke this certificate, or `all`: live associations are cut')
    .description('enrol or revoke a certificate of a centre')
    .action(async (id: string, options: { pem?: string; revoke?: string }, command: Command) => {
      const { connect, output, home } = contextOf(command, setExitCode);
      const hub = await connect();
      if (options.revoke !== undefined) {
        const revoked = await revoke(hub, id, options.revoke);
        output.answer({ revoked }, revoked.map((one) => `revoked ${one}`).join('\n'));
        return;
      }
      const files = options.pem === undefined ? await usableFiles(hub, home, id) : null;
      const pem = await readPem(options.pem ?? files!.certificatePath);
      const enrolled = await hub.post<{ fingerprintSha256: string; notAfter: string }>(`/centres/${id}/certificates`, {
        pem,
      });
      const lines = [`enrolled ${enrolled.fingerprintSha256}`, `valid until ${localTime(enrolled.notAfter)}`];
      if (files !== null) {
        lines.push(
          `certificate ${files.certificatePath}`,
          `key         ${files.keyPath}`,
          `CA          ${files.caPath}`,
          'a receiver of results answers with:',
          `certificate ${files.serverCertificatePath}`,
          `key         ${files.serverKeyPath}`,
        );
      }
      output.answer({ ...enrolled, ...files }, lines.join('\n'));
    });
}

/** `all` shuts a centre out: every certificate that still works. */
async function revoke(hub: HubClient, id: string, which: string): Promise<string[]> {
  const path = `/centres/${encodeURIComponent(id)}`;
  const { certificates } = await hub.get<CentreAnswer>(path);
  const working = certificates.filter(({ revokedAt }) => revokedAt === null);
  const wanted = which === 'all' ? working.map(({ fingerprintSha256 }) => fingerprintSha256) : [fingerprint(which)];
  for (const one of wanted) {
    await hub.post(`${path}/certificates/${encodeURIComponent(one)}/revoke`);
  }
  return wanted;
}

async function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HubError('INVALID_REQUEST', `cannot read ${path}`, { cause });
  });
}

/** The development certificates; a client pair that was revoked is replaced by a new one, since it never works again. */
async function usableFiles(hub: HubClient, home: string, id: string): Promise<CentreCertificateFiles> {
  const { certificates } = await hub.get<CentreAnswer>(`/centres/${encodeURIComponent(id)}`);
  const files = await developmentCertificates(home, id);
  const isRevoked = certificates.some(
    ({ fingerprintSha256, revokedAt }) => fingerprintSha256 === files.fingerprintSha256 && revokedAt !== null,
  );
  return isRevoked ? replaceClientPair(home, id, files) : files;
}
