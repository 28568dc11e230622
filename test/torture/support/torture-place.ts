/** Where the torture happens: one real hub as a process of its own, three enrolled centres, one of which sends good CTs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { socketTls } from '../../journeys/support/certificates';
import { enrolCentre, until } from '../../journeys/support/journey-centre';
import type { JourneyCentre } from '../../journeys/support/journey-centre';
import { startHubProcess } from '../../journeys/support/journey-hub';
import type { HubProcess } from '../../journeys/support/journey-hub';
import { Attacker } from './attacker';
import { Footprint } from './footprint';
import { GoodTraffic } from './good-traffic';
import { HubRecords } from './hub-records';
import { rssBytes } from './process-watch';

/** The suite's own clock: what takes 10, 30 and 60 s in production takes 2 s here. */
export const SHORT_LIMITS = {
  handshakeTimeoutMs: 2_000,
  artimTimeoutMs: 2_000,
  idleTimeoutMs: 2_000,
  rateWindowMs: 3_000,
};

const GOOD = { id: 'vejle', aeTitle: 'VEJLE_CT' };
export const ATTACKING = { id: 'odense', aeTitle: 'ODENSE_CT', settleTimeMs: 1_000 };
export const BYSTANDING = { id: 'aarhus', aeTitle: 'AARHUS_CT' };
const WARM_UP_IMAGES = 25;

export class TorturePlace {
  private constructor(
    readonly root: string,
    readonly hub: HubProcess,
    readonly attacking: JourneyCentre,
    /** A third centre, which has no part in it. */
    readonly bystanding: JourneyCentre,
    readonly good: GoodTraffic,
    readonly footprint: Footprint,
    readonly records: HubRecords,
    readonly quietRssBytes: number,
  ) {}

  /** `writeInto` puts files into the home before the hub starts. */
  static async open(
    environment: NodeJS.ProcessEnv = {},
    configuration: object = {},
    writeInto: (home: string) => void = () => undefined,
  ): Promise<TorturePlace> {
    const root = mkdtempSync(join(tmpdir(), 'modelbank-torture-'));
    const home = join(root, 'home');
    const footprint = new Footprint(root);
    writeFileSync(join(home, 'modelbank.yaml'), stringify({ dimse: { limits: SHORT_LIMITS }, ...configuration }));
    writeInto(home);
    const own = { TMPDIR: join(root, 'tmp'), MODELBANK_LOG_LEVEL: 'debug', MODELBANK_INFERENCE_WORKERS: '0' };
    const hub = await startHubProcess(home, { ...own, ...environment }, { cwd: root });
    const [centre, attacking, bystanding] = [
      await enrolCentre(hub, GOOD),
      await enrolCentre(hub, ATTACKING),
      await enrolCentre(hub, BYSTANDING),
    ];
    const [ca, cert, key] = await Promise.all(
      [centre.client.caPath, centre.client.certPath, centre.client.keyPath].map((path) => readFile(path)),
    );
    const titles = { callingAeTitle: GOOD.aeTitle, calledAeTitle: 'MODELBANK' };
    const good = new GoodTraffic({ host: '127.0.0.1', port: hub.dimsePort, tls: { ca, cert, key }, ...titles });
    let warm = 0;
    await until(
      () => Promise.resolve((warm += good.spell().acknowledged)),
      (acknowledged) => acknowledged >= WARM_UP_IMAGES,
    );
    const records = new HubRecords(home, GOOD.id);
    return new TorturePlace(root, hub, attacking, bystanding, good, footprint, records, rssBytes(hub.pid));
  }

  /** A peer with the certificate of the attacking centre, or of another. */
  async attacker(centre: JourneyCentre = this.attacking): Promise<Attacker> {
    return new Attacker(this, centre.id, centre.aeTitle, await socketTls(centre.client));
  }

  /** The stored file of an instance. */
  objectOf(sopInstanceUid: string): Buffer {
    const sql = `SELECT objectKey FROM instance WHERE sopInstanceUid = '${sopInstanceUid}'`;
    const [row] = this.records.rows<{ objectKey: string }>(sql);
    return row === undefined ? Buffer.alloc(0) : readFileSync(join(this.hub.home, 'objects', row.objectKey));
  }

  /** Asks the hub as its operator, over a connection that ends with the answer: a kept one is a socket that stays open. */
  async ask(path: string, method: 'GET' | 'POST' = 'GET', body?: object): Promise<string> {
    const response = await fetch(`${this.hub.api.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.hub.operatorToken}`,
        connection: 'close',
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
    return text;
  }

  async close(): Promise<void> {
    await this.good.stop();
    this.records.close();
    await this.hub.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}
