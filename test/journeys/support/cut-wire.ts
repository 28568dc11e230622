/** A wire between a centre and the hub that breaks with a reset (RST) when so many bytes have gone through it. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface CutWire {
  readonly port: number;
  /** Whether it has broken. */
  readonly isCut: () => boolean;
  close(): Promise<void>;
}

export async function cutWire(targetPort: number, afterBytes: number): Promise<CutWire> {
  let passed = 0;
  const sockets = new Set<Socket>();
  const cut = (): void => sockets.forEach((socket) => socket.resetAndDestroy());
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      far.write(chunk);
      if (passed >= afterBytes) cut();
    });
    far.pipe(near);
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    isCut: () => passed >= afterBytes,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
