/** The command line's way into the hub: /api/v1 on loopback with the operator token of MODELBANK_HOME. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ERROR_CODES, HubError } from '@modelbank/contracts';
import type { ErrorCode } from '@modelbank/contracts';

/** RFC 9457 problem as the hub sends it. */
interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly advice?: string;
}

export class HubClient {
  constructor(
    readonly baseUrl: string,
    private readonly token: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.json<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.json<T>('POST', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.json<T>('DELETE', path);
  }

  async bytes(path: string): Promise<Uint8Array> {
    const response = await this.request('GET', path);
    return new Uint8Array(await this.whole(response.arrayBuffer()));
  }

  private async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    const text = await this.whole(response.text());
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } catch (cause) {
      throw new HubError('PROTOCOL_ERROR', `what answers at ${this.baseUrl} is no hub`, { cause });
    }
  }

  private async whole<B>(body: Promise<B>): Promise<B> {
    return body.catch((cause: unknown) => {
      throw new HubError('HUB_UNREACHABLE', `the hub at ${this.baseUrl} ended in the middle of its answer`, { cause });
    });
  }

  private async request(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.baseUrl}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (cause) {
      throw new HubError('HUB_UNREACHABLE', `no hub answers at ${this.baseUrl}`, {
        cause,
        advice: 'start it with: bin/modelbank serve (or npm start)',
      });
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}

async function problemOf(response: Response): Promise<HubError> {
  const answer: unknown = await response.json().catch(() => null);
  const problem: Problem = typeof answer === 'object' && answer !== null ? answer : {};
  const isKnown = typeof problem.code === 'string' && Object.hasOwn(ERROR_CODES, problem.code);
  const code = isKnown ? (problem.code as ErrorCode) : 'INTERNAL';
  const text = problem.detail ?? problem.title ?? `the hub answered HTTP ${response.status}`;
  return new HubError(code, text, { advice: problem.advice });
}

/** Where a running hub listens; it writes this file when it is ready. */
export interface HubAddress {
  readonly pid: number;
  readonly httpPort: number;
  readonly dimsePort: number;
  /** Null where DICOMweb is not enabled. */
  readonly dicomwebPort: number | null;
}

/** Null where no hub runs: a file that a killed hub left behind must not send the token to whoever has its port now. */
export async function readHubAddress(home: string): Promise<HubAddress | null> {
  try {
    const address = JSON.parse(await readFile(join(home, 'hub.json'), 'utf8')) as HubAddress;
    return isAlive(address.pid) ? address : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // another user's process is alive too
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export async function connectToHub(home: string): Promise<HubClient> {
  const address = await readHubAddress(home);
  const token = await readFile(join(home, 'operator.token'), 'utf8').catch(() => null);
  if (address === null || token === null) {
    throw new HubError('HUB_UNREACHABLE', `no hub runs with ${home} as its home`, {
      advice: 'start it with: bin/modelbank serve (or npm start); another home: --home DIR or MODELBANK_HOME',
    });
  }
  return new HubClient(`http://127.0.0.1:${address.httpPort}`, token.trim());
}
