/** Certificates that our own PKI would not make: weak keys, old signatures, odd purposes; by the openssl command. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './tool-process';

/** PEM files of an authority. */
export interface AuthorityFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface OddCertificate {
  readonly name: string;
  /** As `openssl genpkey -algorithm` takes it; `EC:prime192v1` and `RSA:1024` say curve and bits. */
  readonly key?: string;
  readonly hash?: 'sha1' | 'md5' | 'sha256';
  /** Lines of an extension section; default: a TLS client. */
  readonly extensions?: readonly string[];
  readonly days?: number;
  /** More for `openssl x509`, such as `-sigopt`. */
  readonly signing?: readonly string[];
}

const TLS_CLIENT = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=clientAuth',
];

/** A certificate that the authority signed; with none it signs itself. */
export async function issueWithOpenssl(
  folder: string,
  authority: AuthorityFiles | null,
  odd: OddCertificate,
): Promise<AuthorityFiles> {
  await mkdir(folder, { recursive: true });
  const at = (suffix: string): string => join(folder, `${odd.name}.${suffix}`);
  await openssl(['genpkey', ...keyArguments(odd.key ?? 'EC:prime256v1'), '-out', at('key')]);
  await openssl(['req', '-new', '-key', at('key'), '-subj', `/CN=${odd.name}`, '-out', at('csr')]);
  await writeFile(at('ext'), (odd.extensions ?? TLS_CLIENT).join('\n'));
  const signer =
    authority === null ? ['-signkey', at('key')] : ['-CA', authority.certPath, '-CAkey', authority.keyPath];
  const validity = ['-days', String(odd.days ?? 10), `-${odd.hash ?? 'sha256'}`, ...(odd.signing ?? [])];
  await openssl(['x509', '-req', '-in', at('csr'), ...signer, ...validity, '-extfile', at('ext'), '-out', at('crt')]);
  return { certPath: at('crt'), keyPath: at('key') };
}

function keyArguments(key: string): string[] {
  const [algorithm, size] = key.split(':');
  if (algorithm === 'EC') return ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${size}`];
  return ['-algorithm', algorithm, ...(size === undefined ? [] : ['-pkeyopt', `rsa_keygen_bits:${size}`])];
}

async function openssl(args: readonly string[]): Promise<void> {
  const { exitCode, output } = await runTool('/usr/bin/openssl', args);
  if (exitCode !== 0) throw new Error(`openssl ${args[0]} failed: ${output}`);
}
