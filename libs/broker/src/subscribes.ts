/**
 * Marks a method as the one subscriber of an event for its stage. It is Nest's `@EventPattern` with the queue as pattern and
 * a filter that keeps the HubError: Nest's own turns every failure into the text "Internal server error".
 */
import { applyDecorators, Catch, UseFilters } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { asHubError, queueName } from '@modelbank/contracts';
import type { EventName, Stage } from '@modelbank/contracts';

@Catch()
class KeepHubErrorFilter implements RpcExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    return throwError(() => asHubError(thrown));
  }
}

export interface SubscriptionOptions {
  /**
   * The method gets an array of up to this many envelopes and writes through `unitOfWork.consumeAll`: for events that come
   * by the hundred and cost little together. A transport may wait a moment for more of them.
   */
  readonly together?: number;
}

/**
 * `@Subscribes('assembly', 'series.held')` on `method(@Payload() envelope: Envelope<'series.held'>)`. The method writes
 * through `unitOfWork.consume(queueName(stage, event), envelope, ...)`, which takes the message out of the outbox.
 */
export function Subscribes(stage: Stage, event: EventName, options: SubscriptionOptions = {}): MethodDecorator {
  return applyDecorators(EventPattern(queueName(stage, event), { ...options }), UseFilters(new KeepHubErrorFilter()));
}
