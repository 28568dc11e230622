/** Every route of the whole hub, as its own OpenAPI document lists them, is closed to strangers and to callers without the permission. */
import { newHome, removeHome, startHubHere } from './support/journey-hub';
import type { JourneyHub } from './support/journey-hub';

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const PUBLIC = ['/health', '/api/v1/openapi.json'];

describe('the API of the whole hub', () => {
  const home = newHome();
  let hub: JourneyHub;

  beforeAll(async () => {
    hub = await startHubHere(home, { callers: { 'token-of-nobody': { actor: 'nobody', permissions: new Set() } } });
  }, 60_000);
  afterAll(async () => {
    await hub.stop();
    removeHome(home);
  });

  it('answers no route without a token, and none to a token without its permission', async () => {
    const { origin } = new URL(hub.api.baseUrl);
    const document = (await (await fetch(`${origin}/api/v1/openapi.json`)).json()) as OpenApi;
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, 'none') })),
    );
    expect(routes.length).toBeGreaterThan(30);
    const answers: Record<string, [number, number]> = {};
    for (const { method, path } of routes.filter((route) => !PUBLIC.includes(route.path))) {
      const ask = (headers: Record<string, string>) => fetch(`${origin}${path}`, { method, headers });
      const stranger = await ask({});
      const nobody = await ask({ authorization: 'Bearer token-of-nobody' });
      answers[`${method} ${path}`] = [stranger.status, nobody.status];
    }
    const open = Object.entries(answers).filter(([, [stranger, nobody]]) => stranger !== 401 || nobody !== 403);
    expect(open).toEqual([]);
  }, 60_000);
});
