/** The wiring check says every difference between the journey and the handlers. */
import { JOURNEY, queueName, STAGES } from '@modelbank/contracts';
import type { Journey } from './wiring';
import { checkWiring } from './wiring';

const QUEUES = STAGES.flatMap((stage) => JOURNEY[stage].subscribesTo.map((event) => queueName(stage, event)));
const without = (queue: string) => QUEUES.filter((name) => name !== queue);

describe('the wiring check', () => {
  it('accepts one handler per queue of the journey', () => {
    expect(() => checkWiring(QUEUES)).not.toThrow();
  });

  it.each<[string, string[], string]>([
    ['a queue without a handler', without('results.inference.completed'), 'results.inference.completed has no handler'],
    [
      'a handler without a queue',
      [...QUEUES, 'review.image.stored'],
      'the handler of review.image.stored has no queue',
    ],
    ['two handlers', [...QUEUES, 'journal.series.held'], 'journal.series.held has more than one handler'],
  ])('refuses %s', (_, handlers, problem) => {
    expect(() => checkWiring(handlers)).toThrow(problem);
  });

  it('names all problems at once', () => {
    expect(() => checkWiring([])).toThrow(
      /assembly\.image\.stored has no handler; .*journal\.result\.delivered has no handler/,
    );
  });

  it('refuses an event without a subscriber and a subscriber without an event', () => {
    const journey: Journey = {
      ...JOURNEY,
      journal: { ...JOURNEY.journal, subscribesTo: [] },
      models: { ...JOURNEY.models, emits: [] },
    };
    expect(() => checkWiring(QUEUES, journey)).toThrow('no stage subscribes to inference.failed');
    expect(() => checkWiring(QUEUES, journey)).toThrow('no stage emits model.registered');
  });
});
