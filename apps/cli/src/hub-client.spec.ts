import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient, connectToHub, readHubAddress } from './hub-client';

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function asking(answer: Answer | 'cut', ask: (hub: HubClient) => Promise<unknown>): Promise<unknown> {
  const seen: { method?: string; url?: string; authorization?: string }[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, authorization: headers.authorization });
    if (answer !== 'cut') return void response.writeHead(answer.status).end(answer.body);
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setTimeout(() => response.destroy(), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hub = new HubClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'secret');
  try {
    return await ask(hub);
  } finally {
    expect(seen[0]).toEqual({ method: expect.any(String), url: '/api/v1/jobs', authorization: 'Bearer secret' });
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the way into the hub', () => {
  it('returns what the hub answers, and nothing for an empty answer', async () => {
    expect(await asking({ status: 200, body: '[{"id":"a"}]' }, (hub) => hub.get('/jobs'))).toEqual([{ id: 'a' }]);
    expect(await asking({ status: 202, body: '' }, (hub) => hub.post('/jobs'))).toBeUndefined();
  });

  it.each<[string, Answer | 'cut', object]>([
    [
      'a problem of the hub with its code and advice',
      { status: 409, body: '{"code":"CONFLICT","detail":"it changed","advice":"look again"}' },
      { code: 'CONFLICT', message: 'it changed', advice: 'look again' },
    ],
    [
      'a problem without details',
      { status: 404, body: '{"code":"NOT_FOUND","title":"No"}' },
      { code: 'NOT_FOUND', message: 'No' },
    ],
    ['a code that is none', { status: 500, body: '{"code":"constructor"}' }, { code: 'INTERNAL' }],
    [
      'JSON that is no problem',
      { status: 500, body: 'null' },
      { code: 'INTERNAL', message: 'the hub answered HTTP 500' },
    ],
    [
      'a page of somebody else',
      { status: 502, body: '<html>' },
      { code: 'INTERNAL', message: 'the hub answered HTTP 502' },
    ],
    ['a good page of somebody else', { status: 200, body: '<html>' }, { code: 'PROTOCOL_ERROR' }],
    ['an answer that is cut', 'cut', { code: 'HUB_UNREACHABLE' }],
  ])('makes a HubError of %s', async (_, answer, error) => {
    await expect(asking(answer, (hub) => hub.get('/jobs'))).rejects.toMatchObject(error);
  });

  it('says how to start a hub where none answers', async () => {
    await expect(new HubClient('http://127.0.0.1:1', 't').get('/jobs')).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      advice: expect.stringContaining('serve'),
    });
  });
});

it('sends no token after the address that a killed hub left behind', async () => {
  const home = mkdtempSync(join(tmpdir(), 'modelbank-home-'));
  try {
    writeFileSync(join(home, 'operator.token'), 'secret');
    const address = { pid: process.pid, httpPort: 1, dimsePort: 2, dicomwebPort: 3 };
    writeFileSync(join(home, 'hub.json'), JSON.stringify(address));
    expect(await readHubAddress(home)).toEqual(address);
    // the largest pid of Linux: nobody has it
    writeFileSync(join(home, 'hub.json'), JSON.stringify({ ...address, pid: 2 ** 22 + 1 }));
    await expect(connectToHub(home)).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
