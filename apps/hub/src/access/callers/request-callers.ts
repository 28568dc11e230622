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

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,8192}=*)$/i;

@Injectable()
export class RequestCallers {
  constructor(
    @Inject(ACCESS_TOKENS) private readonly tokens: AccessTokens,
    private readonly machines: MachineCallers,
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

  /** The operator's token is for this machine only. */
  private holderOf(token: string, request: Request): Promise<Caller | undefined> {
    const caller = this.tokens.callerOf(token);
    const isElsewhere = caller === OPERATOR && doorOf(request) === 'dicomweb';
    return Promise.resolve(isElsewhere ? undefined : caller);
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
