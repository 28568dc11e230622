/**
 * Makes the development PKI: `make-pki HOME [CENTRE_ID...]`. Keys come into being where they are used and never enter the
 * repository; `modelbank pki` and `modelbank centre cert` call the same function.
 */
import { ensurePki, type IssuedCertificate } from '@modelbank/dimse';

const line = (name: string, certificate: IssuedCertificate): string =>
  [
    name.padEnd(24),
    certificate.isNew ? 'new ' : 'kept',
    certificate.notAfter.toISOString().slice(0, 10),
    certificate.fingerprintSha256,
    certificate.certPath,
  ].join('  ');

/** Ensures the PKI under `home` and says in lines what there is now. */
export async function makePki(home: string, centreIds: readonly string[]): Promise<string[]> {
  const pki = await ensurePki(home, centreIds, new Date());
  const owners = [['hub', pki.hub] as const, ...Object.entries(pki.centres)];
  return owners.flatMap(([owner, { server, client }]) => [
    line(`${owner} server`, server),
    line(`${owner} client`, client),
  ]);
}

if (require.main === module) {
  const [home, ...centreIds] = process.argv.slice(2);
  makePki(home ?? process.env.MODELBANK_HOME ?? '.modelbank', centreIds).then(
    (lines) => process.stdout.write(`${lines.join('\n')}\n`),
    (failure: Error) => {
      process.stderr.write(`${failure.message}\n`);
      process.exitCode = 1;
    },
  );
}
