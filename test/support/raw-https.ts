/** HTTPS by hand, for requests that no client would send, or not so slowly. */
import { connect } from 'node:tls';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { IntakeBench } from './intake-bench';

export interface RawConnection {
  readonly socket: TLSSocket;
  /** What comes back next. */
  next(): Promise<string>;
}

/** The head of a store request, as it stands on the wire. */
export function rawStoreHead(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /dicomweb/MODELBANK/studies HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A connection of this centre on which `head` was sent. */
export async function openRaw(bench: IntakeBench, head: string, centre = 'odense'): Promise<RawConnection> {
  const socket = connect({ host: 'localhost', port: bench.dicomwebPort, ...(await bench.socketTls(centre)) });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  socket.write(head);
  return {
    socket,
    next: () => new Promise((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
  };
}

export function closed(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve())));
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 100; waited += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never came true');
}
