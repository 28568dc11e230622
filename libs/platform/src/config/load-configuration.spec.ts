/** Where values come from, what is refused, and that no secret is printed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Configuration } from './configuration';
import { ENVIRONMENT } from './environment';
import { loadConfiguration, printable } from './load-configuration';
import { locationsOf } from './locations';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'modelbank-config-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const yaml = (text: string) => writeFileSync(join(home, 'modelbank.yaml'), text);
const load = (env: Record<string, string> = {}) => loadConfiguration(env, home);
const refusal = (env: Record<string, string> = {}): string => {
  try {
    load(env);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION' });
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

describe('the configuration', () => {
  it('has the embedded default', () => {
    expect(JSON.parse(JSON.stringify(load()))).toEqual({
      home,
      http: { host: '127.0.0.1', port: 8090 },
      dimse: {
        host: '127.0.0.1',
        port: 11112,
        limits: {
          maxAssociations: 64,
          maxAssociationsPerCentre: 8,
          maxConnections: 1024,
          maxInstanceBytes: 2147483648,
          maxPduBytes: 131072,
          maxAssociateBytes: 65536,
          handshakeTimeoutMs: 10000,
          artimTimeoutMs: 10000,
          closeTimeoutMs: 1000,
          idleTimeoutMs: 30000,
          minBytesPerSecond: 10240,
          rateWindowMs: 60000,
        },
      },
      dicomweb: {
        enabled: true,
        host: '127.0.0.1',
        port: 8443,
        allowedOrigins: [],
        limits: {
          maxConnections: 256,
          maxStoresPerCentre: 8,
          maxStores: 32,
          maxRequestBytes: 4293918720,
          maxInstanceBytes: 2147483648,
          maxParts: 20000,
          handshakeTimeoutMs: 10000,
          headersTimeoutMs: 10000,
          idleTimeoutMs: 30000,
          minBytesPerSecond: 10240,
          rateWindowMs: 60000,
          requestTimeoutMs: 7200000,
          decoders: 2,
          decoderTimeoutMs: 60000,
          decoderMemoryMiB: 2048,
        },
      },
      identity: { personTokenDays: 90 },
      database: { type: 'sqlite' },
      objects: { folder: 'objects' },
      storage: { maxUsedPercent: 90, minFreeBytes: 2147483648, reserveFreeBytes: 1073741824 },
      retention: { afterDeliveryDays: 30, unassignedDays: 180, sweepEveryMs: 3600000 },
      assembly: { settleTimeMs: 90000, sweepEveryMs: 1000 },
      inference: { executionProvider: 'cpu', workers: 1, threads: 2, attempts: 3, leaseMs: 60000 },
      delivery: { retryAfterMs: [60000, 300000, 900000, 3600000], giveUpAfterDays: 14, timeoutMs: 60000 },
      commitment: {
        keepDays: 30,
        retryAfterMs: [10000, 60000, 300000, 900000, 3600000],
        giveUpAfterDays: 7,
        timeoutMs: 30000,
      },
      log: { level: 'info', pretty: false },
    });
  });

  it('takes the file over the defaults and the environment over the file', () => {
    yaml('http: { port: 1234 }\ndimse:\n  port: 4321\n  limits: { maxAssociations: 3 }\nlog: { level: debug }\n');
    const configuration = load({ MODELBANK_HTTP_PORT: '0', MODELBANK_LOG_PRETTY: 'true', MODELBANK_DIMSE_HOST: '' });
    expect(configuration.http).toEqual({ host: '127.0.0.1', port: 0 });
    expect(configuration.dimse).toMatchObject({
      host: '127.0.0.1',
      port: 4321,
      limits: { maxAssociations: 3 },
    });
    expect(configuration.log).toEqual({ level: 'debug', pretty: true });
    expect(configuration).toBeInstanceOf(Configuration);
  });

  it('finds home by argument, environment, default, in this order, and makes it absolute', () => {
    expect(loadConfiguration({ MODELBANK_HOME: '/elsewhere' }, home).home).toBe(home);
    expect(loadConfiguration({ MODELBANK_HOME: home }).home).toBe(home);
    expect(loadConfiguration({}).home).toBe(resolve('.modelbank'));
  });

  it('reads a list of waits', () => {
    expect(load({ MODELBANK_DELIVERY_RETRY_AFTER_MS: '100, 2000' }).delivery.retryAfterMs).toEqual([100, 2000]);
  });

  it.each<[string, string, string]>([
    ['an unknown key', 'htpp: { port: 1 }', 'htpp is not a key of the configuration'],
    ['an unknown nested key', 'dimse: { limits: { maxPDU: 1 } }', 'dimse.limits.maxPDU is not a key'],
    ['a port out of range', 'http: { port: 70000 }', 'http.port'],
    ['a fraction', 'assembly: { settleTimeMs: 1000.5 }', 'assembly.settleTimeMs'],
    ['a negative time', 'delivery: { timeoutMs: -1 }', 'delivery.timeoutMs'],
    ['a wrong wait', 'delivery: { retryAfterMs: [1000, "soon"] }', 'delivery.retryAfterMs'],
    ['no waits', 'delivery: { retryAfterMs: [] }', 'delivery.retryAfterMs'],
    ['text for a number', 'inference: { workers: two }', 'inference.workers'],
    ['a wrong choice', 'inference: { executionProvider: tpu }', 'inference.executionProvider'],
    ['a section that is a list', 'http: []', 'http'],
    ['a section that is text', 'log: debug', 'log'],
    ['an empty section', 'log:', 'log'],
    ['a server without its address', 'database: { type: postgres }', 'database.url'],
    ['a list', '- 1', 'must hold keys and values'],
    ['broken YAML', 'http: {\nport', 'modelbank.yaml line'],
  ])('refuses %s, naming it', (_, text, expected) => {
    yaml(text);
    expect(refusal()).toContain(expected);
  });

  it.each([
    ['MODELBANK_HTTP_PORT', 'eighty', 'http.port'],
    ['MODELBANK_LOG_PRETTY', 'maybe', 'log.pretty'],
    ['MODELBANK_DELIVERY_RETRY_AFTER_MS', '1,,2', 'delivery.retryAfterMs'],
  ])('refuses %s=%s, naming the key and not the value', (name, value, key) => {
    expect(refusal({ [name]: value })).toContain(key);
    expect(refusal({ [name]: value })).not.toContain(value);
  });

  it('is printed without its secrets', () => {
    const url = 'postgres://modelbank:s3cr3t@db.example:5432/hub?password=s3cr3t';
    const text = JSON.stringify(printable(load({ MODELBANK_DATABASE_TYPE: 'postgres', MODELBANK_DATABASE_URL: url })));
    expect(text).not.toContain('s3cr3t');
    expect(text).toContain('postgres://***@db.example:5432/hub');
  });

  it('has a variable for each of its keys that the table names, and none twice', () => {
    const keys = ENVIRONMENT.map(({ key }) => key);
    const tree = load() as unknown as Record<string, unknown>;
    const at = (path: string) =>
      path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], tree);
    expect(keys.filter((key) => at(key) === undefined)).toEqual(['database.url']);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(ENVIRONMENT.map(({ name }) => name)).size).toBe(keys.length);
  });

  it('says where things lie', () => {
    expect(locationsOf(load()).objects).toBe(join(home, 'objects'));
    expect(locationsOf(load({ MODELBANK_OBJECTS_FOLDER: '/mnt/objects' })).objects).toBe('/mnt/objects');
  });
});
