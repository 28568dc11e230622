/**
 * Access tokens of an identity provider (RFC 9068): signature by a key of the provider and an algorithm of our list, issuer,
 * audience and time; then whose centre, which role, and how surely the person was identified (NSIS).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { CLOCK, HubError } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration, OidcConfiguration } from '@modelbank/platform';
import { CENTRE_ID_PATTERN } from '../query-fields';
import type { Caller, CentreIds } from '../permissions';
import { PERMISSIONS_OF_ROLE, isRole } from '../roles';
import type { Role } from '../roles';
import { isAssured } from './assurance';

const CLOCK_TOLERANCE_S = 30;
const KEYS_WITHIN_MS = 5_000;
const ALL_CENTRES = '*';
const CPR_LIKE = /\d{6}[- ]?\d{4}/;

@Injectable()
export class OidcTokens {
  private readonly provider: OidcConfiguration | undefined;
  private readonly keys: JWTVerifyGetKey | undefined;

  constructor(
    @Inject(CONFIGURATION) { home, identity }: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.provider = identity.oidc;
    this.keys = identity.oidc === undefined ? undefined : keysOf(identity.oidc.jwks, home);
  }

  /** Undefined for a token that must not be believed, whatever is wrong with it: its holder learns no more. */
  async callerOf(token: string): Promise<Caller | undefined> {
    const { provider, keys } = this;
    if (provider === undefined || keys === undefined) return undefined;
    const claims = await this.verify(token, provider, keys);
    return claims === undefined ? undefined : callerOfClaims(claims, provider);
  }

  private async verify(
    token: string,
    { issuer, audience, algorithms }: OidcConfiguration,
    keys: JWTVerifyGetKey,
  ): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience, algorithms, clockTolerance: CLOCK_TOLERANCE_S },
        ...{ currentDate: this.clock.now(), requiredClaims: ['exp', 'sub'] },
      });
      return payload;
    } catch (thrown) {
      if (isAboutTheToken(thrown)) return undefined;
      throw new HubError('IDENTITY_PROVIDER_UNAVAILABLE', 'the keys of the identity provider cannot be read now', {
        cause: thrown,
      });
    }
  }
}

function callerOfClaims(claims: JWTPayload, provider: OidcConfiguration): Caller | undefined {
  const role = claims[provider.roleClaim] ?? 'clinician';
  if (!isRole(role)) return undefined;
  if (!isAssured(claims[provider.assuranceClaim], provider.minimumAssurance)) {
    throw new HubError('ASSURANCE_TOO_LOW', `this needs the NSIS level ${provider.minimumAssurance}`, {
      advice: 'Sign in again with MitID or a certificate of that level.',
    });
  }
  const centreIds = centreIdsOfClaim(claims[provider.centreClaim], role);
  return { actor: actorOf(claims), permissions: PERMISSIONS_OF_ROLE[role], centreIds };
}

/** One centre. All centres are for auditors, and only where the provider says so. */
function centreIdsOfClaim(claim: unknown, role: Role): CentreIds {
  if (claim === ALL_CENTRES && role === 'auditor') return 'all';
  return typeof claim === 'string' && CENTRE_ID_PATTERN.test(claim) ? [claim] : [];
}

/** The subject as the journal may keep it: some providers use the CPR number. */
function actorOf({ iss = '', sub = '' }: JWTPayload): string {
  if (/^[\w@.:-]{1,100}$/.test(sub) && !CPR_LIKE.test(sub)) return `oidc:${sub}`;
  return `oidc:sha256:${createHash('sha256').update(`${iss}|${sub}`).digest('hex')}`;
}

function keysOf(jwks: string, home: string): JWTVerifyGetKey {
  if (/^https?:/.test(jwks)) return createRemoteJWKSet(new URL(jwks), { timeoutDuration: KEYS_WITHIN_MS });
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(resolve(home, jwks), 'utf8')) as JSONWebKeySet);
  } catch (thrown) {
    throw new HubError('INVALID_CONFIGURATION', 'identity.oidc.jwks cannot be read as a JSON Web Key Set', {
      cause: thrown,
    });
  }
}

function isAboutTheToken(thrown: unknown): boolean {
  if (!(thrown instanceof errors.JOSEError)) return false;
  return !(thrown instanceof errors.JWKSTimeout || thrown instanceof errors.JWKSInvalid || thrown.code === GENERIC);
}

/** What jose throws when the key set does not come as HTTP 200 with JSON. */
const GENERIC = 'ERR_JOSE_GENERIC';
