/** How a centre is shown to people. */
import { localTime } from '../output/format';

export interface CentreAnswer {
  readonly id: string;
  readonly name: string;
  readonly legalEntities: readonly { name: string; validFrom: string; validTo: string | null }[];
  readonly callingAes: readonly { aeTitle: string; settleTimeMs: number; sendsWholeSeries: boolean }[];
  readonly certificates: readonly { fingerprintSha256: string; notAfter: string; revokedAt: string | null }[];
  readonly destinations: readonly {
    id: string;
    name: string;
    aeTitle: string;
    host: string;
    port: number;
    tls: boolean;
    kind: string;
    active: boolean;
  }[];
}

export function centreText(centre: CentreAnswer): string {
  const lines = [`${centre.id}  ${centre.name}`];
  for (const { name, validFrom, validTo } of centre.legalEntities) {
    lines.push(
      `  legal entity  ${name}, from ${validFrom.slice(0, 10)}${validTo === null ? '' : ` to ${validTo.slice(0, 10)}`}`,
    );
  }
  for (const { aeTitle, settleTimeMs, sendsWholeSeries } of centre.callingAes) {
    const completes = sendsWholeSeries ? 'complete at release' : `complete after ${settleTimeMs / 1000} s of silence`;
    lines.push(`  calling AE    ${aeTitle} (${completes})`);
  }
  for (const { fingerprintSha256, notAfter, revokedAt } of centre.certificates) {
    const state = revokedAt === null ? `valid until ${localTime(notAfter)}` : `revoked ${localTime(revokedAt)}`;
    lines.push(`  certificate   ${fingerprintSha256} (${state})`);
  }
  for (const { id, name, aeTitle, host, port, tls, kind, active } of centre.destinations) {
    const how = `${tls ? 'TLS' : 'plain'}, ${kind}${active ? '' : ', removed'}`;
    lines.push(`  destination   ${name}: ${aeTitle}@${host}:${port} (${how}) ${id}`);
  }
  return lines.join('\n');
}
