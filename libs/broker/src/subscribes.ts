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

/**
 * `@Subscribes('assembly', 'image.stored')` on `method(@Payload() envelope: Envelope<'image.stored'>)`. The method writes
 * through `unitOfWork.consume(queueName(stage, event), envelope, ...)`, which takes the message out of the outbox.
 */
export function Subscribes(stage: Stage, event: EventName): MethodDecorator {
  return applyDecorators(EventPattern(queueName(stage, event)), UseFilters(new KeepHubErrorFilter()));
}
