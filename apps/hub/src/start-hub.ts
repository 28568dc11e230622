/**
 * Starts a hub in this process, inside out: store, stages, consumers, API, and the DICOM door last, so that nothing is taken
 * in before everything behind it runs. Closing goes the other way round.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HubError } from '@modelbank/contracts';
import { TRANSPORT } from '@modelbank/broker';
import type { Transport } from '@modelbank/broker';
import { LOGGER, NestLogger, createLogger, repositoryRoot } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { HubModule } from './app.module';
import { DicomwebListener } from './dicomweb/dicomweb-listener';
import { OpenApiDocument } from './http/open-api.controller';
import { prepareHttp } from './http/prepare-http';
import { removeHubAddress, writeHubAddress } from './hub-address';
import type { HubOverrides } from './hub-overrides';
import { DicomListener } from './intake/dicom-listener';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

export interface RunningHub {
  readonly app: NestExpressApplication;
  readonly httpPort: number;
  readonly dimsePort: number;
  /** Null where DICOMweb is not enabled. */
  readonly dicomwebPort: number | null;
  /** Half-received instances may end, running handlers finish, the store closes last. Idempotent. */
  close(): Promise<void>;
}

export async function startHub(configuration: Configuration, overrides: HubOverrides = {}): Promise<RunningHub> {
  requireLoopback(configuration);
  mkdirSync(configuration.home, { recursive: true, mode: 0o700 });
  const logger = overrides.logger ?? createLogger(configuration.log);
  const app = await NestFactory.create<NestExpressApplication>(
    HubModule.forRoot(configuration, { ...overrides, logger }),
    {
      logger: new NestLogger(logger),
      abortOnError: false,
      bodyParser: false,
    },
  );
  try {
    return await open(app, configuration);
  } catch (thrown) {
    await app.close().catch((failure: unknown) => logger.error('the hub did not close cleanly', failure));
    throw thrown;
  }
}

async function open(app: NestExpressApplication, configuration: Configuration): Promise<RunningHub> {
  prepareHttp(app);
  await app.init();
  app.get(OpenApiDocument).describe(app, versionOfHub());
  app.connectMicroservice({ strategy: app.get<Transport>(TRANSPORT) });
  await app.startAllMicroservices();
  await listenForHttp(app, configuration);
  const httpPort = Number(new URL(await app.getUrl()).port);
  const listener = app.get(DicomListener, { strict: false });
  const dimsePort = await listener.listen();
  const dicomweb = app.get(DicomwebListener, { strict: false });
  const dicomwebPort = await dicomweb.listen();
  writeHubAddress(configuration.home, { pid: process.pid, httpPort, dimsePort, dicomwebPort });
  app.get<HubLogger>(LOGGER).info('the hub is ready', { port: dimsePort });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeInOrder(app, [dicomweb, listener], configuration.home));
  return { app, httpPort, dimsePort, dicomwebPort, close };
}

async function listenForHttp(app: NestExpressApplication, { http }: Configuration): Promise<void> {
  await app.listen(http.port, http.host).catch((cause: NodeJS.ErrnoException) => {
    throw new HubError(
      'INVALID_CONFIGURATION',
      `cannot listen on ${http.host}:${http.port} (${cause.code ?? 'no code'})`,
      {
        cause,
        advice: 'another program has the port? choose another with MODELBANK_HTTP_PORT',
      },
    );
  });
}

/** What takes data in. */
type Doors = readonly { close(): Promise<void> }[];

async function closeInOrder(app: NestExpressApplication, doors: Doors, home: string): Promise<void> {
  removeHubAddress(home);
  await Promise.all(doors.map((door) => door.close()));
  await app.close();
}

/** The API has no TLS of its own. */
function requireLoopback({ http }: Configuration): void {
  if (LOOPBACK_HOSTS.has(http.host)) return;
  throw new HubError('INVALID_CONFIGURATION', 'http.host must be a loopback address', {
    advice: 'Leave MODELBANK_HTTP_HOST at 127.0.0.1; reach it from elsewhere through a tunnel.',
  });
}

function versionOfHub(): string {
  const description: unknown = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8'));
  return (description as { version: string }).version;
}
