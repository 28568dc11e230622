/** Who makes a request: the holder of its bearer token, or else the machine whose certificate its connection has. */
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { HubError } from '@modelbank/contracts';
import { ACCESS_TOKENS } from '../access-tokens';
import type { AccessTokens } from '../access-tokens';
import { doorOf } from '../door';
import type { Caller } from '../permissions';
import { OPERATOR } from '../permissions';
import { MachineCallers } from './machine-callers';
import { OidcTokens } from './oidc-tokens';
import { PERSON_TOKEN_PREFIX, PersonTokens } from './person-tokens';

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,8192}=*)$/i;
/** Header, claims and signature (RFC 7515 3.1); an unsigned one ends with its second dot. */
const JSON_WEB_TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

@Injectable()
export class RequestCallers {
  constructor(
    @Inject(ACCESS_TOKENS) private readonly tokens: AccessTokens,
    private readonly machines: MachineCallers,
    private readonly persons: PersonTokens,
    private readonly oidc: OidcTokens,
  ) {}

  /** Throws where nobody is recognised, and where a certificate or token is presented that must not be believed. */
  async callerOf(request: Request): Promise<Caller> {
    const machine = await this.machines.callerOf(request.socket);
    const { authorization } = request.headers;
    if (authorization === undefined && machine !== undefined) return machine;
    const token = BEARER.exec(authorization ?? '')?.[1];
    const holder = token === undefined ? undefined : await this.holderOf(token, request);
    if (holder === undefined) throw unrecognised(request);
    if (machine !== undefined) requireSameCentre(machine, holder);
    return holder;
  }

  private async holderOf(token: string, request: Request): Promise<Caller | undefined> {
    if (token.startsWith(PERSON_TOKEN_PREFIX)) return this.persons.callerOf(token);
    if (JSON_WEB_TOKEN.test(token)) return this.oidc.callerOf(token);
    const caller = this.tokens.callerOf(token);
    // the operator's token is for this machine only
    return caller === OPERATOR && doorOf(request) === 'dicomweb' ? undefined : caller;
  }
}

function requireSameCentre({ centreIds: [centreId] = [] }: Caller, { centreIds }: Caller): void {
  if (centreIds === 'all' || centreIds?.includes(centreId)) return;
  throw new HubError('FORBIDDEN', 'the token and the certificate belong to different centres');
}

function unrecognised(request: Request): HubError {
  const advice =
    doorOf(request) === 'dicomweb'
      ? 'Connect with a client certificate that is enrolled, or send `Authorization: Bearer <token>`.'
      : 'Send `Authorization: Bearer <token>` with the token in operator.token of MODELBANK_HOME.';
  return new HubError('UNAUTHENTICATED', 'a valid bearer token is needed', { advice });
}
