/**
 * Bad-inputs row G7: a caller of one centre, with every permission there is, asks every route of the whole hub for every id of
 * another centre. The routes are those that the running application has, so that a new one cannot be forgotten.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import { deriveUid } from '@modelbank/dicom';
import { createLogger, loadConfiguration } from '@modelbank/platform';
import {
  AssociationEntity,
  CentreEntity,
  HeldItemEntity,
  InstanceEntity,
  JournalEntryEntity,
  SeriesEntity,
  appendJournal,
  holdItem,
  insertRow,
} from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { VirtualClock } from '@modelbank/testing';
import { PERMISSIONS } from './access';
import type { Caller } from './access';
import { sliceUids } from '../../../test/support/ct-slices';
import { STOW_HEADERS, multipart, sliceFile } from '../../../test/support/dicomweb-client';
import { plantResult } from '../../../test/support/planted-result';
import { startHub } from './main';
import type { RunningHub } from './main';

const PLAN = { seed: 'foreign', k: 0 };
const { study, series, instance } = sliceUids(PLAN);
const MADE = { seriesInstanceUid: deriveUid('foreign', 'made series'), sopInstanceUid: deriveUid('foreign', 'made') };

const caller = (actor: string, centreIds: Caller['centreIds']): Caller => ({
  actor,
  permissions: new Set(PERMISSIONS),
  centreIds,
});
const CALLERS = {
  'token-of-a': caller('a', ['odense']),
  'token-of-b': caller('b', ['aarhus']),
  'token-of-all': caller('all', 'all'),
};

interface Route {
  readonly method: string;
  readonly path: string;
}

let home: string;
let hub: RunningHub;
/** What names something of centre B. */
let ids: string[];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'modelbank-foreign-'));
  const ports = {
    MODELBANK_HTTP_PORT: '0',
    MODELBANK_DIMSE_PORT: '0',
    MODELBANK_DICOMWEB_PORT: '0',
    MODELBANK_INFERENCE_WORKERS: '0',
  };
  const logger = createLogger({ level: 'silent', pretty: false });
  hub = await startHub(loadConfiguration(ports, home), { callers: CALLERS, logger });
  ids = await plantCentreB();
}, 60_000);
afterAll(async () => {
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

async function plantCentreB(): Promise<string[]> {
  const clock = new VirtualClock();
  const unitOfWork = hub.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
  const common = { centreId: 'aarhus', studyInstanceUid: study };
  await unitOfWork.run(async (tx) => {
    for (const id of ['odense', 'aarhus'])
      await insertRow(tx.manager, CentreEntity, { id, name: id, createdAt: clock.now() });
    await insertRow(tx.manager, SeriesEntity, {
      ...{ ...common, id: 'series-planted', seriesInstanceUid: series, frameOfReferenceUid: null, patientKey: null },
      ...{ modality: 'CT', purpose: 'test', state: 'held', stateCode: 'GAP', revision: 1, instanceCount: 1 },
      ...{ declaredCount: null, lastInstanceAt: clock.now(), deadlineAt: null, completedAt: null },
    });
    await holdItem(tx, clock, {
      kind: 'instance',
      centreId: 'aarhus',
      subjectId: 'planted',
      code: 'GAP',
      reason: 'planted',
    });
    await appendJournal(tx, clock, {
      kind: 'series.held',
      centreId: 'aarhus',
      actor: 'hub',
      subjectId: 'series-planted',
      text: 'planted',
    });
  });
  await plantResult(hub, { id: 'planted', ...common, ...MADE, file: sliceFile({ ...PLAN, k: 9 }) });
  const stored = await send('POST', '/dicomweb/MODELBANK/studies', 'token-of-b', multipart([sliceFile(PLAN)]));
  expect(stored.status).toBe(200);
  const { manager } = hub.app.get<ReadStore>(READ_STORE, { strict: false });
  const rows = await Promise.all(
    [InstanceEntity, HeldItemEntity, JournalEntryEntity, AssociationEntity].map((entity) =>
      manager.findBy<{ id: string }>(entity, { centreId: 'aarhus' } as never),
    ),
  );
  const uids = [study, series, instance, ...Object.values(MADE)];
  return [...uids, 'series-planted', 'planted', 'job-planted', 'set-planted', ...rows.flat().map(({ id }) => id)];
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function send(method: string, path: string, token: string, body?: Buffer): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : STOW_HEADERS) };
  const request = { method, headers, body: body === undefined ? undefined : new Uint8Array(body) };
  const response = await fetch(`http://127.0.0.1:${hub.httpPort}${path}`, request);
  return { status: response.status, text: await response.text() };
}

/** As Express has them. */
function routesOfHub(): Route[] {
  const application = hub.app.getHttpAdapter().getInstance() as unknown as Express;
  const { router } = application;
  return router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : [route.path]
          .flat()
          .flatMap((path) => Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path }))),
  );
}

interface Express {
  readonly router: { readonly stack: readonly { readonly route?: ExpressRoute }[] };
}

interface ExpressRoute {
  readonly path: string | readonly string[];
  readonly methods: Readonly<Record<string, boolean>>;
}

/** Parameters that are no ids of a centre's data, and those that only make sense together. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  calledAe: ['MODELBANK'],
  study: [study],
  series: [series, MADE.seriesInstanceUid],
  instance: [instance, MADE.sopInstanceUid],
  frames: ['1'],
  path: ['7FE00010'],
};

/** Every way to fill the parameters of a route with what names centre B's things, and the queries that name the centre. */
function pathsOf({ path }: Route): string[] {
  const names = [...path.matchAll(/[:*]([A-Za-z]+)/g)].map(([, name]) => name);
  let filled = [path];
  for (const name of names) {
    const values = KNOWN[name] ?? ids;
    filled = filled.flatMap((text) =>
      values.map((value) => text.replace(new RegExp(`[:*]${name}(?![A-Za-z])`), value)),
    );
  }
  const queries = ['', '?centre=aarhus', `?StudyInstanceUID=${study}`, '?job=job-planted', '?subject=series-planted'];
  return filled.flatMap((text) =>
    names.every((name) => name === 'calledAe') ? queries.map((query) => text + query) : [text],
  );
}

/** A problem names the path that was asked; that is no answer. */
const tells = ({ text }: Answer): boolean => {
  const told = text.replace(/"instance":"[^"]*"/g, '');
  return ids.some((id) => id.length > 7 && told.includes(id));
};

/** The same path about things that nobody has. */
const withoutThings = (path: string): string =>
  ids.reduce((text, id) => text.replaceAll(id, /^[\d.]+$/.test(id) ? '1.2.3.404' : 'nothing'), path);

describe('another centre', () => {
  it('finds nothing of what a centre sent, by any route and any id: it is as if it were not there (G7)', async () => {
    const leaks: string[] = [];
    const routes = routesOfHub().filter(({ method }) => method !== 'HEAD');
    expect(routes.length).toBeGreaterThan(45);
    for (const route of routes) {
      for (const path of pathsOf(route)) {
        const answer = await send(route.method, path, 'token-of-a');
        const ofNothing = await send(route.method, withoutThings(path), 'token-of-a');
        const isAlike = answer.status === ofNothing.status && answer.status < 500;
        if (tells(answer) || !isAlike) leaks.push(`${route.method} ${path}: ${answer.status}, not ${ofNothing.status}`);
      }
    }
    expect(leaks).toEqual([]);
  }, 120_000);

  it('is what keeps it from them: its own people, and those of all centres, find it by the same routes', async () => {
    for (const token of ['token-of-b', 'token-of-all']) {
      const telling = new Set<string>();
      for (const route of routesOfHub().filter(({ method }) => method === 'GET')) {
        for (const path of pathsOf(route)) {
          const answer = await send(route.method, path, token);
          if (answer.status === 200 && tells(answer)) telling.add(route.path);
        }
      }
      expect([...telling].sort()).toEqual(expect.arrayContaining(TELLING));
    }
  }, 120_000);
});

const TELLING = [
  '/api/v1/held',
  '/api/v1/held/:id',
  '/api/v1/journal',
  '/api/v1/results',
  '/api/v1/results/:id',
  '/api/v1/series',
  '/api/v1/series/:seriesInstanceUid/explanation',
  '/api/v1/series/:uid',
  '/api/v1/studies/:uid/progress',
  '/dicomweb/:calledAe/instances',
  '/dicomweb/:calledAe/series',
  '/dicomweb/:calledAe/studies',
  '/dicomweb/:calledAe/studies/:study/instances',
  '/dicomweb/:calledAe/studies/:study/series',
  '/dicomweb/:calledAe/studies/:study/series/:series/instances',
];
