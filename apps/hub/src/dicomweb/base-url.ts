/** Where the sender reached us, for the URLs that an answer holds: the Host that it named, since that works for it. */
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { HubError } from '@modelbank/contracts';
import { doorOf } from '../access';

const HOST = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?$/;

/** `https://host:port`, without a slash at its end. */
export const BaseUrl = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<Request>();
  const host = request.headers.host ?? '';
  if (!HOST.test(host)) throw new HubError('INVALID_REQUEST', 'the Host header is missing or is none');
  return `${doorOf(request) === 'dicomweb' ? 'https' : 'http'}://${host}`;
});
