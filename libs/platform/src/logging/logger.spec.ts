/** Identities planted wherever a careless line could pick them up, at trace level: none may be written. */
import { mkdirSync } from 'node:fs';
import { HubError } from '@modelbank/contracts';
import { NestLogger } from './nest-logger';
import { createLogger } from './logger';
import type { LogFields } from './log-fields';
import { scrubText } from './log-fields';

const CPR = '010203-1234';
const NAME = 'Ancker^Nancy';
const PLANTED = /Ancker|Nancy|010203|1234/;

function recorded(pretty = false) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', pretty }, { write: (line) => void lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the logger', () => {
  it('writes text, time, level and allowed fields', () => {
    const { logger, last } = recorded();
    logger.with({ stage: 'intake' }).info('an instance was stored', { instanceId: 'i-1', bytes: 12, durationMs: 3.5 });
    expect(last()).toMatchObject({
      level: 'info',
      msg: 'an instance was stored',
      stage: 'intake',
      instanceId: 'i-1',
      bytes: 12,
    });
    expect(String(last().time)).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(last()).not.toHaveProperty('hostname');
  });

  it('drops fields that are not on the list and values of another shape', () => {
    const { logger, lines, last } = recorded();
    const careless = {
      patientName: NAME,
      header: { name: NAME },
      jobId: NAME,
      centreId: { name: NAME },
      reason: 'Ancker^Nancy',
    };
    logger.warn('careless', careless as unknown as LogFields);
    logger.with(careless as unknown as LogFields).info('careless');
    expect(lines.join()).not.toMatch(PLANTED);
    expect(last()).toMatchObject({ jobId: '[withheld]', centreId: '[withheld]' });
  });

  it('tells a HubError by code and text, and what caused it by class, code and place only', () => {
    const { logger, lines, last } = recorded();
    const cause = new TypeError(`row (${NAME}, ${CPR}) failed\n    at ${NAME} (/tmp/${NAME}:1:1)`);
    logger.error('it failed', new HubError('STORAGE_FULL', 'no room', { cause, advice: 'free disk space' }), {
      code: 'X',
    });
    expect(lines.join()).not.toMatch(PLANTED);
    expect(last().err).toMatchObject({
      type: 'HubError',
      code: 'STORAGE_FULL',
      message: 'no room',
      advice: 'free disk space',
      cause: { type: 'TypeError' },
    });
    const { cause: told } = last().err as { cause: { frames: string[] } };
    expect(told.frames[0]).toMatch(/logger\.spec\.ts:\d+:\d+$/);
  });

  it('keeps the code of a system error, without its path', () => {
    const { logger, lines, last } = recorded();
    try {
      mkdirSync(`/nowhere/${NAME}`);
    } catch (error) {
      logger.error('it failed', error);
    }
    expect(last().err).toMatchObject({ type: 'Error', code: 'ENOENT' });
    expect(lines.join()).not.toMatch(PLANTED);
  });

  it('survives whatever was thrown', () => {
    const { logger, lines } = recorded();
    const renamed = Object.assign(new Error(NAME), { name: NAME, code: NAME, stack: NAME });
    const loop = Object.assign(new Error('x'), { cause: undefined as unknown });
    loop.cause = loop;
    for (const thrown of [NAME, null, undefined, 42, { message: NAME }, renamed, loop])
      logger.fatal('it failed', thrown);
    expect(lines).toHaveLength(7);
    expect(lines.join()).not.toMatch(PLANTED);
  });

  it('takes identities out of texts', () => {
    expect(scrubText(`patient ${NAME}, ${CPR}, 0102031234, 010203 1234`)).not.toMatch(PLANTED);
    const kept = '1.2.826.0.1.3680043.8.498.1234567890 0190a5d2-12ab-7123-8123-123456789012 http://127.0.0.1:8090';
    expect(scrubText(kept)).toBe(kept);
  });

  it('filters what reaches pino another way', () => {
    const { logger, lines, last } = recorded();
    logger.pino.info(
      { req: { method: 'GET', url: `/api/v1/jobs/j-1?patient=${NAME}`, headers: { a: NAME } } },
      'request',
    );
    logger.pino.error(new Error(NAME), 'failed');
    logger.pino.error(new Error(NAME));
    logger.pino.info(`text %s ${CPR}`, NAME);
    logger.pino.child({ patient: NAME }).info({ res: { statusCode: 200, body: NAME } }, 'answered');
    const child = logger.pino
      .child({ req: { method: 'GET', url: '/x?y=Nancy' } }, { level: 'trace' })
      .child({ name: NAME });
    child.setBindings({ patient: NAME, jobId: 'j-2' });
    child.trace({ patient: NAME }, 'grandchild');
    expect(lines.join()).not.toMatch(PLANTED);
    expect(last()).toMatchObject({ method: 'GET', route: '/x', jobId: 'j-2', msg: 'grandchild' });
    expect(JSON.parse(lines[0])).toMatchObject({ method: 'GET', route: '/api/v1/jobs/j-1' });
    expect(JSON.parse(lines[4])).toMatchObject({ status: 200 });
  });

  it("takes Nest's errors without their texts", () => {
    const { logger, lines } = recorded();
    const nest = new NestLogger(logger);
    nest.error(new Error(NAME), 'ExceptionsHandler');
    nest.error(`query failed for ${NAME}`, `Error: ${NAME}\n at x`, 'ExceptionsHandler');
    nest.warn(`odd ${NAME}`, 'SomeService');
    nest.log(`${NAME} initialised`, 'SomeService');
    nest.log('Mapped {/api/v1/jobs, GET} route', 'RouterExplorer');
    nest.log(NAME);
    expect(lines).toHaveLength(6);
    expect(lines.join()).not.toMatch(PLANTED);
    expect(lines[4]).toContain('Mapped {/api/v1/jobs, GET} route');
  });

  it('writes lines for people when asked', () => {
    const { logger, lines } = recorded(true);
    logger.info('the hub is ready', { port: 8090 });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO  the hub is ready port=8090\n$/);
  });
});
