/** Nest's registered handlers as plain functions that fail when the handler fails. */
import type { MessageHandler } from '@nestjs/microservices';
import { BaseRpcContext } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { AnyEnvelope, QueueName } from '@modelbank/contracts';
import type { SubscriptionOptions } from './subscribes';

/** Nest chains the event handlers of one pattern by `next`. */
type Chained = Pick<MessageHandler, 'next'>;

export interface Handle {
  /** How many messages one call takes at most. */
  readonly together: number;
  call(envelopes: readonly AnyEnvelope[]): Promise<void>;
}

/** One entry per handler, so that a queue with two shows twice. */
export function handlerNames(registered: ReadonlyMap<string, MessageHandler>): string[] {
  return [...registered].flatMap(([pattern, first]) => {
    const names: string[] = [];
    for (let handler: Chained | undefined = first; handler; handler = handler.next as Chained | undefined) {
      names.push(pattern);
    }
    return names;
  });
}

export function handlersOf(registered: ReadonlyMap<string, MessageHandler>): Map<QueueName, Handle> {
  return new Map([...registered].map(([pattern, handler]) => [pattern as QueueName, asHandle(pattern, handler)]));
}

/** A throwing `@EventPattern` method resolves to an Observable that fails: only its end tells whether the work was done. */
function asHandle(pattern: string, handler: MessageHandler): Handle {
  const { together } = (handler.extras ?? {}) as SubscriptionOptions;
  return {
    together: together ?? 1,
    call: async (envelopes) => {
      const payload = together === undefined ? envelopes[0] : envelopes;
      const answer: unknown = await handler(payload, new BaseRpcContext([pattern]));
      if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
    },
  };
}
