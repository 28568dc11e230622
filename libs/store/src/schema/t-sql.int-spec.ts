/** The DDL of every migration and the DML of every kind of operation we use, as the mssql driver would send them, are T-SQL. */
import { In, IsNull, LessThan, LessThanOrEqual, Not } from 'typeorm';
import type { EntityManager, ObjectLiteral } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import { recordTSql, tSqlProblems, VirtualClock } from '@modelbank/testing';
import type { TSqlRecorder } from '@modelbank/testing';
import { UnknownSenderEntity } from '../centres/unknown-sender.entity';
import { holdItem, resolveHeldItem, resolveHeldItemsOf } from '../held/held-items';
import { appendJournal } from '../journal/journal';
import { OutboxMessageEntity } from '../outbox/outbox.entity';
import { OutboxRepository } from '../outbox/outbox.repository';
import { TypeOrmUnitOfWork } from '../unit/typeorm-unit-of-work';
import { columnKindOf } from './column-kinds';
import { ENTITIES } from './entities';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const AT = new Date('2026-01-01T08:00:00.000Z');
const VALUES = { key: 'k', text: 'Ærø', time: AT, json: { a: [1] }, int: 1, bigint: 1, flag: true } as const;

function rowOf(recorder: TSqlRecorder, entity: (typeof ENTITIES)[number]): ObjectLiteral {
  const { columns } = recorder.dataSource.getMetadata(entity);
  return Object.fromEntries(
    columns.map((column) => [column.propertyName, VALUES[columnKindOf(entity, column.propertyName)]]),
  );
}

async function everyOperation(manager: EntityManager, entity: (typeof ENTITIES)[number], row: ObjectLiteral) {
  const keys = Object.keys(row);
  const [last] = keys.slice(-1);
  await manager.insert(entity, row as never);
  await manager.insert(entity, [row, { ...row, id: 'other' }] as never);
  await manager.save(entity, row as never);
  await manager.update(entity, { id: 'a' }, { [last]: row[last] } as never);
  await manager.delete(entity, { id: In(['a', 'b']) } as never);
  await manager.find(entity, { where: { id: Not('a') } as never, order: { id: 'ASC' } as never, take: 10, skip: 20 });
  await manager.find(entity, {
    select: { id: true } as never,
    where: [{ id: LessThan('a') }, { [last]: IsNull() }] as never,
  });
  await manager.findOneBy(entity, { id: LessThanOrEqual('a') } as never);
  await manager.existsBy(entity, { id: 'a' } as never);
  await manager.countBy(entity, { id: 'a' } as never);
}

async function problemsOf(recorder: TSqlRecorder): Promise<string[]> {
  const problems: string[] = [];
  for (const sql of new Set(recorder.statements.map((statement) => statement.sql))) {
    for (const problem of await tSqlProblems(sql)) problems.push(`${problem} in: ${sql.slice(0, 300)}`);
  }
  return problems;
}

describe('T-SQL', () => {
  it.each([
    ['SELECT "a" FROM "b" LIMIT 5', 'LIMIT'],
    ['INSERT INTO "a"("b") VALUES (@0) RETURNING "b"', 'RETURNING'],
    ['CREATE TABLE "a" ("b" boolean NOT NULL)', 'boolean'],
    ['CREATE TABLE "a" ("b" ntext NOT NULL)', 'text'],
    ['SELEC "a" FROM "b"', 'line 1'],
  ])('is checked: %s is refused', async (sql, problem) => {
    expect((await tSqlProblems(sql)).join()).toContain(problem);
  });

  it('is what migrations send', async () => {
    const recorder = await recordTSql();
    const runner = recorder.dataSource.createQueryRunner();
    for (const migration of recorder.dataSource.migrations) await migration.up(runner);
    expect(recorder.statements.filter(({ sql }) => sql.startsWith('CREATE TABLE'))).toHaveLength(ENTITIES.length);
    expect(await problemsOf(recorder)).toEqual([]);
  });

  it('has binary keys, unicode text and unbounded JSON in its tables', async () => {
    const recorder = await recordTSql();
    const runner = recorder.dataSource.createQueryRunner();
    for (const migration of recorder.dataSource.migrations) await migration.up(runner);
    const outbox = recorder.statements.find(({ sql }) => sql.startsWith('CREATE TABLE "outbox_message"'))?.sql ?? '';
    expect(outbox).toContain('"queue" varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL');
    expect(outbox).toContain('"envelope" nvarchar(MAX) NOT NULL');
    expect(outbox).toContain('"lastError" nvarchar(1024)');
    expect(outbox).toContain('"nextAttemptAt" varchar(24) COLLATE Latin1_General_100_BIN2 NOT NULL');
  });

  it('has no unique column that may be null: SQL Server allows one null only', async () => {
    const { dataSource } = await recordTSql();
    const nullable = dataSource.entityMetadatas.flatMap((entity) =>
      [...entity.uniques, ...entity.indices.filter((index) => index.isUnique)]
        .flatMap(({ columns }) => columns)
        .filter((column) => column.isNullable)
        .map((column) => `${entity.tableName}.${column.databaseName}`),
    );
    expect(nullable).toEqual([]);
  });

  it.each(ENTITIES.map((entity) => [entity.name, entity] as const))(
    'is what operations on %s send',
    async (_, entity) => {
      const recorder = await recordTSql();
      const row = rowOf(recorder, entity);
      await everyOperation(
        recorder.dataSource.createEntityManager(recorder.dataSource.createQueryRunner()),
        entity,
        row,
      );
      expect(recorder.statements.length).toBeGreaterThanOrEqual(10);
      expect(await problemsOf(recorder)).toEqual([]);
    },
  );

  it('sends JSON as nvarchar(max) and keys as varchar, so that nothing is cut', async () => {
    const recorder = await recordTSql();
    const row = rowOf(recorder, OutboxMessageEntity);
    await recorder.dataSource
      .createEntityManager(recorder.dataSource.createQueryRunner())
      .insert(OutboxMessageEntity, row as never);
    const types = recorder.statements[0].parameters.map((parameter) => {
      const { type, params } = parameter as { type: string; params: unknown[] };
      return `${type}(${params.join()})`;
    });
    expect(types).toContain('nvarchar(MAX)');
    expect(types).toContain('varchar(128)');
  });

  it('is what the unit of work, the outbox, the journal and held items send', async () => {
    const recorder = await recordTSql();
    const clock = new VirtualClock();
    const sources = { database: 'mssql' as const, writer: recorder.dataSource };
    const unitOfWork = new TypeOrmUnitOfWork(sources, clock, { wake: () => undefined });
    const reader = { manager: recorder.dataSource.createEntityManager(recorder.dataSource.createQueryRunner()) };
    const outbox = new OutboxRepository(reader, unitOfWork, clock);
    const body = { inputSetId: 'i', centreId: 'c' };
    const held = { kind: 'series', centreId: 'c', subjectId: 's', code: 'GAP', reason: 'a gap' } as const;
    const resolution = { state: 'resolved', by: 'hub', why: 'the slice came' } as const;
    const envelope = {
      messageId: 'm',
      schemaVersion: 1,
      event: 'inputSet.completed',
      occurredAt: AT.toISOString(),
    } as const;
    await unitOfWork.consume(
      'delivery.inputSet.completed',
      { ...envelope, centreId: 'c', causationId: 'x', traceparent: '', body },
      async (tx) => {
        await tx.emit('inputSet.assembled', 'c', { ...body, provisional: false }, 'm');
        await appendJournal(tx, clock, { kind: 'series.held', actor: 'hub', text: 'held' });
        await holdItem(tx, clock, held);
        await resolveHeldItem(tx, clock, 'h', resolution);
        await resolveHeldItemsOf(tx, clock, held, resolution);
        await outbox.revive(tx, 'id');
        await tx.manager.increment(UnknownSenderEntity, { digest: 'd' }, 'attempts', 5);
      },
    );
    await outbox.due('delivery.inputSet.completed', 10);
    await outbox.pendingOf(['id']);
    await outbox.recordFailure('id', new HubError('INTERNAL', 'x'));
    await outbox.dead(10);
    await outbox.forgetProcessed(AT);
    expect(recorder.statements.length).toBeGreaterThan(12);
    expect(await problemsOf(recorder)).toEqual([]);
  });
});
