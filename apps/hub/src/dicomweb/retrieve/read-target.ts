/** The study, series and instance that a path names, each a UID before anything else sees it. */
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { UidPipe } from '../path-pipes';
import type { ReadTarget } from './stored-objects';

const uid = new UidPipe();
const optionalUid = (text: string | undefined) => (text === undefined ? undefined : uid.transform(text));

export function readTarget({ study = '', series, instance }: Readonly<Record<string, string | undefined>>): ReadTarget {
  return { study: uid.transform(study), series: optionalUid(series), instance: optionalUid(instance) };
}

/** From the path parameters `study`, `series` and `instance`. */
export const Target = createParamDecorator((_: unknown, context: ExecutionContext): ReadTarget => {
  return readTarget(context.switchToHttp().getRequest<Request<Record<string, string>>>().params);
});

export const STUDY = 'studies/:study';
export const SERIES = `${STUDY}/series/:series`;
export const INSTANCE = `${SERIES}/instances/:instance`;
