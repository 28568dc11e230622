/** Three stages in a real Nest application, on the embedded and on the hostile broker, on every database. */
import { Controller, Inject, Module } from '@nestjs/common';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLOCK, HubError, JOURNEY, OUTBOX_READER, queueName, STAGES, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, Envelope, EventName, Stage } from '@modelbank/contracts';
import { createLogger, NestLogger, PlatformModule } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import {
  appendJournal,
  JournalEntryEntity,
  OutboxMessageEntity,
  OutboxRepository,
  STORE,
  StoreModule,
} from '@modelbank/store';
import type { Store, Transaction, UnitOfWork } from '@modelbank/store';
import { HastyClock, hostileTransport, testStores } from '@modelbank/testing';
import type { TestDatabase } from '@modelbank/testing';
import { BrokerModule, TRANSPORT } from './broker.module';
import type { Transport, TransportFactory } from './broker.module';
import { EmbeddedTransport } from './embedded-transport';
import { Subscribes } from './subscribes';
import type { Journey } from './wiring';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const PART: Partial<Record<Stage, { subscribesTo: EventName[]; emits: EventName[] }>> = {
  selection: { subscribesTo: [], emits: ['models.selected'] },
  dispatch: { subscribesTo: ['models.selected'], emits: ['inference.requested'] },
  inference: { subscribesTo: ['inference.requested'], emits: ['inference.completed'] },
  results: { subscribesTo: ['inference.completed'], emits: [] },
};
const SMALL_JOURNEY = Object.fromEntries(
  STAGES.map((stage) => [stage, { ...JOURNEY[stage], subscribesTo: [], emits: [], ...PART[stage] }]),
) as unknown as Journey;

/** What a test makes go wrong; called inside the transaction, after the stage has written. */
const MISCHIEF = Symbol('Mischief');
type Mischief = (stage: Stage, subject: string, attempt: number) => void;

@Controller()
class Stages {
  private readonly attempts = new Map<string, number>();

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(MISCHIEF) private readonly mischief: Mischief,
  ) {}

  @Subscribes('dispatch', 'models.selected')
  async dispatch(@Payload() envelope: Envelope<'models.selected'>): Promise<void> {
    const { inputSetId: jobId, centreId } = envelope.body;
    await this.unitOfWork.consume(queueName('dispatch', 'models.selected'), envelope, async (tx) => {
      await this.act(tx, 'dispatch', jobId);
      await tx.emit('inference.requested', centreId, { jobId, centreId }, envelope.messageId);
    });
  }

  @Subscribes('inference', 'inference.requested')
  async infer(@Payload() envelope: Envelope<'inference.requested'>): Promise<void> {
    const { jobId, centreId } = envelope.body;
    if (jobId === 'forgets-to-consume') return;
    await this.unitOfWork.consume(queueName('inference', 'inference.requested'), envelope, async (tx) => {
      await this.act(tx, 'inference', jobId);
      await tx.emit('inference.completed', centreId, { jobId, centreId }, envelope.messageId);
    });
  }

  @Subscribes('results', 'inference.completed', { together: 10 })
  async build(@Payload() envelopes: readonly Envelope<'inference.completed'>[]): Promise<void> {
    await this.unitOfWork.consumeAll(queueName('results', 'inference.completed'), envelopes, async (tx, fresh) => {
      for (const { body } of fresh) await this.act(tx, 'results', body.jobId);
    });
  }

  private async act(tx: Transaction, stage: Stage, subjectId: string): Promise<void> {
    await appendJournal(tx, this.clock, { kind: stage, actor: 'hub', subjectId, text: 'done' });
    const attempt = (this.attempts.get(stage + subjectId) ?? 0) + 1;
    this.attempts.set(stage + subjectId, attempt);
    this.mischief(stage, subjectId, attempt);
  }
}

@Module({})
class StagesModule {
  static with(mischief: Mischief): DynamicModule {
    return { module: StagesModule, controllers: [Stages], providers: [{ provide: MISCHIEF, useValue: mischief }] };
  }
}

interface Hub {
  readonly app: INestApplication;
  readonly store: Store;
  readonly outbox: OutboxRepository;
  readonly lines: string[];
  emit(...jobIds: string[]): Promise<void>;
  drained(): Promise<void>;
  done(stage: Stage): Promise<string[]>;
  close(): Promise<void>;
}

async function startHub(
  database: TestDatabase,
  transport: TransportFactory,
  mischief: Mischief = () => undefined,
): Promise<Hub> {
  const { configuration, drop } = await database.create();
  const lines: string[] = [];
  const logger: HubLogger = createLogger({ level: 'trace', pretty: false }, { write: (line) => void lines.push(line) });
  const module = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot(configuration, { clock: new HastyClock(100), logger }),
      StoreModule.forRoot(configuration),
      BrokerModule.forRoot({ transport }),
      StagesModule.with(mischief),
    ],
  })
    .setLogger(new NestLogger(logger))
    .compile();
  const app = module.createNestApplication();
  app.connectMicroservice({ strategy: app.get<Transport>(TRANSPORT) });
  try {
    await app.startAllMicroservices();
    await app.init();
  } catch (error) {
    await app.close();
    await drop();
    throw error;
  }
  return hubOf(app, lines, drop);
}

function hubOf(app: INestApplication, lines: string[], drop: () => Promise<void>): Hub {
  const store = app.get<Store>(STORE);
  const pending = () => store.readStore.manager.countBy(OutboxMessageEntity, { state: 'pending' });
  return {
    app,
    store,
    outbox: app.get(OutboxRepository),
    lines,
    emit: async (...jobIds) => {
      for (const inputSetId of jobIds) {
        await store.unitOfWork.run((tx) =>
          tx.emit('models.selected', 'odense', { inputSetId, centreId: 'odense', taskSelectionIds: [] }, 'test'),
        );
      }
    },
    drained: async () => {
      while ((await pending()) > 0) await sleep(5);
    },
    done: async (stage) =>
      (await store.readStore.manager.find(JournalEntryEntity, { where: { kind: stage }, order: { id: 'ASC' } })).map(
        (entry) => entry.subjectId ?? '',
      ),
    close: async () => {
      await app.close();
      await drop();
    },
  };
}

const embedded: TransportFactory = (parts) =>
  new EmbeddedTransport(parts, { journey: SMALL_JOURNEY, pollEveryMs: 100_000 });
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `job-${String(index).padStart(3, '0')}`);

testStores('the embedded broker', (database) => {
  let hub: Hub;
  afterEach(() => hub?.close());

  it('carries every event through the stages once, in order', async () => {
    hub = await startHub(database, embedded);
    const jobs = numbered(30);
    await hub.emit(...jobs);
    await hub.drained();
    for (const stage of ['dispatch', 'inference', 'results'] as const) expect(await hub.done(stage)).toEqual(jobs);
  });

  it('tries a failed message again and leaves nothing of the failed attempt', async () => {
    hub = await startHub(database, embedded, (stage, _, attempt) => {
      if (stage === 'inference' && attempt < 3) throw new Error('planted: Nancy^Ann 010203-1234');
    });
    await hub.emit('job');
    await hub.drained();
    expect(await hub.done('inference')).toEqual(['job']);
    expect(await hub.done('results')).toEqual(['job']);
    expect(hub.lines.join()).toContain('a message failed and is tried again later');
    expect(hub.lines.join()).not.toMatch(/Nancy|010203/);
  });

  it('does not let one message fail those that were to be processed together with it', async () => {
    hub = await startHub(database, embedded, (stage, subject) => {
      if (stage === 'results' && subject === 'job-003') throw new HubError('RESULT_INVALID', 'planted');
    });
    await hub.emit(...numbered(8));
    await hub.drained();
    expect(await hub.done('results')).toEqual(numbered(8).filter((job) => job !== 'job-003'));
    expect(await hub.outbox.dead(10)).toMatchObject([{ queue: 'results.inference.completed', attempts: 1 }]);
  });

  it('keeps the code of a HubError and buries what no repetition can help, at once', async () => {
    hub = await startHub(database, embedded, (stage, subject) => {
      if (stage === 'inference' && subject === 'bad')
        throw new HubError('RESULT_INVALID', 'the result failed its check');
    });
    await hub.emit('bad', 'good');
    await hub.drained();
    expect(await hub.outbox.dead(10)).toMatchObject([
      { queue: 'inference.inference.requested', attempts: 1, lastError: 'RESULT_INVALID: the result failed its check' },
    ]);
    expect(await hub.done('results')).toEqual(['good']);
  });

  it('gives up after fifteen attempts, and a revived message is tried again', async () => {
    let healed = false;
    hub = await startHub(
      database,
      (parts) => new EmbeddedTransport(parts, { journey: SMALL_JOURNEY, pollEveryMs: 500 }),
      (stage) => {
        if (stage === 'results' && !healed) throw new Error('not yet');
      },
    );
    const now = hub.app.get<HastyClock>(CLOCK);
    jest.spyOn(now, 'now').mockImplementation(() => new Date(Date.now() + 3_600_000 * Math.floor(now.monotonicMs())));
    await hub.emit('job');
    await hub.drained();
    const [dead] = await hub.outbox.dead(10);
    expect(dead).toMatchObject({
      queue: 'results.inference.completed',
      attempts: 15,
      lastError: 'INTERNAL: unexpected failure',
    });
    healed = true;
    const revive = () => hub.store.unitOfWork.run((tx) => hub.outbox.revive(tx, dead.id));
    expect(await revive()).toBe(dead.queue);
    expect(await revive()).toBeUndefined();
    await hub.drained();
    expect(await hub.done('results')).toEqual(['job']);
  });

  it('buries a message whose handler forgot to consume it', async () => {
    hub = await startHub(database, embedded);
    await hub.emit('forgets-to-consume');
    await hub.drained();
    expect(await hub.outbox.dead(10)).toMatchObject([
      { lastError: 'INTERNAL: the handler ended without consuming its message through the unit of work' },
    ]);
  });

  it('finds by its poll what no wake-up told it', async () => {
    const polling: TransportFactory = (parts) =>
      new EmbeddedTransport(parts, { journey: SMALL_JOURNEY, pollEveryMs: 1000 });
    hub = await startHub(database, (parts) =>
      polling({
        ...parts,
        wakeUps: Object.create(parts.wakeUps, { onWake: { value: () => () => undefined } }) as never,
      }),
    );
    await hub.emit('job');
    await hub.drained();
    expect(await hub.done('results')).toEqual(['job']);
  });

  it('loses nothing when it stops in the middle', async () => {
    hub = await startHub(database, embedded);
    await hub.emit(...numbered(40));
    await hub.app.get<Transport>(TRANSPORT).close();
    const done = await hub.done('dispatch');
    const waiting = await hub.app.get<OutboxRepository>(OUTBOX_READER).due('dispatch.models.selected', 100);
    expect(done.length + waiting.length).toBe(40);
  });
});

testStores('the hostile broker', (database) => {
  it('makes no difference to what is done, also when every third attempt fails', async () => {
    const failing: Mischief = (stage, subject, attempt) => {
      if ((Number(subject.slice(4)) + stage.length + attempt) % 3 === 0) throw new Error('planted failure');
    };
    const hub = await startHub(database, hostileTransport({ journey: SMALL_JOURNEY }), failing);
    const jobs = numbered(40);
    await hub.emit(...jobs);
    await hub.drained();
    for (const stage of ['dispatch', 'inference', 'results'] as const)
      expect((await hub.done(stage)).sort()).toEqual(jobs);
    expect(await hub.outbox.dead(10)).toEqual([]);
    await hub.close();
  });
});

testStores('wiring at start-up', (database) => {
  it('stops the hub when a stage has no handler', async () => {
    const starting = startHub(database, (parts) => new EmbeddedTransport(parts));
    await expect(starting).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});
