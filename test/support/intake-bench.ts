/** The front of a hub for tests: centres, intake and their API on a real store, with real certificates and real ports. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ConnectionOptions } from 'node:tls';
import { BrokerModule } from '@modelbank/broker';
import { HELD_ITEM_HANDLERS, READ_STORE } from '@modelbank/contracts';
import type { CrashPoints } from '@modelbank/contracts';
import { ensurePki } from '@modelbank/dimse';
import type { DevelopmentPki } from '@modelbank/dimse';
import { CONFIGURATION_FILE, PlatformModule, createLogger, loadConfiguration } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { JournalEntryEntity, OutboxMessageEntity, StoreModule } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import type { ToolTls } from '@modelbank/testing';
import { AccessModule } from '../../apps/hub/src/access';
import type { Caller } from '../../apps/hub/src/access';
import { readOrMakeOperatorToken } from '../../apps/hub/src/access';
import { AssemblyModule } from '../../apps/hub/src/assembly/assembly.module';
import { CentresModule } from '../../apps/hub/src/centres/centres.module';
import { DicomwebListener } from '../../apps/hub/src/dicomweb/dicomweb-listener';
import { DicomwebModule } from '../../apps/hub/src/dicomweb/dicomweb.module';
import { HttpModule } from '../../apps/hub/src/http/http.module';
import { OpenApiDocument } from '../../apps/hub/src/http/open-api.controller';
import { prepareHttp } from '../../apps/hub/src/http/prepare-http';
import { DicomListener } from '../../apps/hub/src/intake/dicom-listener';
import { IntakeModule } from '../../apps/hub/src/intake/intake.module';
import { JournalController } from '../../apps/hub/src/journal/journal.controller';
import { ProgressModule } from '../../apps/hub/src/progress/progress.module';

@Global()
@Module({
  controllers: [JournalController],
  providers: [{ provide: HELD_ITEM_HANDLERS, useValue: { register: () => undefined } }],
  exports: [HELD_ITEM_HANDLERS],
})
class TheRestModule {}

export interface IntakeOptions {
  readonly home?: string;
  /** For modelbank.yaml. */
  readonly settings?: string;
  readonly crashPoints?: CrashPoints;
  readonly callers?: Readonly<Record<string, Caller>>;
  /** Changes the configuration before the hub sees it. */
  readonly configure?: (configuration: Configuration) => void;
}

export interface ApiAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown> & Record<string, unknown>[];
}

export class IntakeBench {
  private constructor(
    readonly app: NestExpressApplication,
    readonly configuration: Configuration,
    readonly pki: DevelopmentPki,
    readonly dimsePort: number,
    readonly baseUrl: string,
    /** Every log line, as written. */
    readonly log: readonly string[],
    readonly dicomwebPort: number,
  ) {}

  static async open(options: IntakeOptions = {}): Promise<IntakeBench> {
    const home = options.home ?? (await mkdtemp(join(tmpdir(), 'modelbank-intake-')));
    if (options.settings !== undefined) await writeFile(join(home, CONFIGURATION_FILE), options.settings);
    const pki = await ensurePki(home, ['odense', 'aarhus', 'unknown'], new Date());
    const environment = {
      MODELBANK_HTTP_PORT: '0',
      MODELBANK_DIMSE_PORT: '0',
      MODELBANK_DICOMWEB_PORT: '0',
      MODELBANK_LOG_LEVEL: 'trace',
    };
    const configuration = loadConfiguration(environment, home);
    options.configure?.(configuration);
    const log: string[] = [];
    const logger = createLogger(configuration.log, { write: (line: string) => void log.push(line) });
    const testing = await Test.createTestingModule({
      imports: [
        PlatformModule.forRoot(configuration, { logger, crashPoints: options.crashPoints }),
        StoreModule.forRoot(configuration),
        BrokerModule.forRoot(),
        AccessModule.forRoot(options.callers),
        ...[CentresModule, IntakeModule, AssemblyModule, HttpModule, ProgressModule, DicomwebModule, TheRestModule],
      ],
    }).compile();
    const app = testing.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
    prepareHttp(app);
    await app.init();
    app.get(OpenApiDocument).describe(app, '0.0.0');
    await app.listen(0, '127.0.0.1');
    const dimsePort = await app.get(DicomListener, { strict: false }).listen();
    const dicomwebPort = (await app.get(DicomwebListener, { strict: false }).listen()) ?? 0;
    return new IntakeBench(app, configuration, pki, dimsePort, await app.getUrl(), log, dicomwebPort);
  }

  /** Odense with CT1, Aarhus with CT2. */
  async enrol(): Promise<void> {
    for (const [id, aeTitle] of [
      ['odense', 'CT1'],
      ['aarhus', 'CT2'],
    ]) {
      await this.api('POST', '/centres', { id, name: `Hospital ${id}` });
      await this.api('POST', `/centres/${id}/calling-aes`, { aeTitle });
      const pem = await readFile(this.pki.centres[id].client.certPath, 'utf8');
      await this.api('POST', `/centres/${id}/certificates`, { pem });
    }
  }

  async api(method: string, path: string, body?: unknown, token = this.operatorToken): Promise<ApiAnswer> {
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: (text === '' ? {} : JSON.parse(text)) as ApiAnswer['body'],
    };
  }

  get operatorToken(): string {
    return readOrMakeOperatorToken(this.configuration.home);
  }

  /** For dcmtk. */
  toolTls(centre: string): ToolTls {
    const { certPath, keyPath } = this.pki.centres[centre].client;
    return { caPath: this.pki.caPath, certPath, keyPath };
  }

  /** For a raw socket. */
  async socketTls(centre: string): Promise<ConnectionOptions> {
    const { caPath, certPath, keyPath } = this.toolTls(centre);
    const [ca, cert, key] = await Promise.all([caPath, certPath, keyPath].map((path) => readFile(path)));
    return { ca, cert, key };
  }

  get reads(): ReadStore {
    return this.app.get<ReadStore>(READ_STORE, { strict: false });
  }

  journal(kind: string): Promise<JournalEntryEntity[]> {
    return this.reads.manager.find(JournalEntryEntity, { where: { kind }, order: { id: 'ASC' } });
  }

  outbox(): Promise<OutboxMessageEntity[]> {
    return this.reads.manager.find(OutboxMessageEntity, { order: { id: 'ASC' } });
  }

  /** Like a stop of the process; the home stays. */
  async close(): Promise<void> {
    await this.app.get(DicomwebListener, { strict: false }).close();
    await this.app.get(DicomListener, { strict: false }).close();
    await this.app.close();
  }

  async dispose(): Promise<void> {
    await this.close();
    await rm(this.configuration.home, { recursive: true, force: true });
  }
}
