/** Real DICOM tools as child processes: run one to its end, or keep one listening until the test is over. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';

export interface ToolResult {
  readonly exitCode: number | null;
  /** Standard output and error together. */
  readonly output: string;
}

const START_WAIT_MS = 15_000;
const POLL_MS = 50;

/** Whether the tool is there; tests that need it skip with a reason when it is not. */
export function hasTool(path: string): boolean {
  return existsSync(path);
}

/** Runs a tool to its end. TCP_NODELAY keeps dcmtk and Orthanc from waiting for acknowledgements. */
export function runTool(command: string, args: readonly string[], timeoutMs = 60_000): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, TCP_NODELAY: '1' }, timeout: timeoutMs });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output }));
  });
}

/** A tool that listens; ended by its own process id. */
export class ListeningTool {
  readonly port: number;
  readonly pid: number;
  private readonly child: ChildProcess;
  private text = '';

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    this.pid = child.pid ?? 0;
    child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  /** Starts the tool and waits until its port answers. */
  static async start(command: string, args: readonly string[], port: number): Promise<ListeningTool> {
    const child = spawn(command, args, { env: { ...process.env, TCP_NODELAY: '1' } });
    const tool = new ListeningTool(child, port);
    const deadlineMs = performance.now() + START_WAIT_MS;
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() > deadlineMs) {
        await tool.stop();
        throw new Error(`${command} did not start: ${tool.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return tool;
  }

  get output(): string {
    return this.text;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** A port that was free a moment ago, for tools that cannot be asked for port 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Waits until the condition holds; rejects when it does not in time. */
export async function eventually(condition: () => boolean, waitMs = 3_000): Promise<void> {
  const deadlineMs = performance.now() + waitMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('what should have happened did not');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
