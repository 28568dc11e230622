/** `modelbank doctor`: looks at what a working hub needs, and says what to do about what is missing. */
import { access, constants, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { CommandContext, SetExitCode } from '../context';
import { readHubAddress } from '../hub-client';
import { table } from '../output/table';
import { centreFindings } from './doctor-centres';
import type { Finding } from './doctor-finding';

const DAY_MS = 86_400_000;
const WARN_DAYS = 14;
const NEEDED_GIB = 5;
const HANDSHAKE_TIMEOUT_MS = 5000;

export function addDoctorCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('doctor')
    .description('check this installation and say what to do')
    .action(async (_options, command: Command) => {
      const { home, output, connect } = contextOf(command, setExitCode);
      const findings: Finding[] = [
        nodeVersion(),
        await homeWritable(home),
        await diskRoom(home),
        await certificate(home, 'hub/server.crt'),
        await certificate(home, 'hub/client.crt'),
        await inferenceLibrary(),
        await hubAnswers(home, async () => {
          await (await connect()).get('/models');
        }),
        await dicomDoor(home),
        await storage(connect),
        ...(await connect()
          .then((hub) => centreFindings(hub, new Date()))

          .catch(() => [{ check: 'centres', ok: false, observed: 'no answer', advice: 'bin/modelbank serve' }])),
      ];
      if (findings.some(({ ok }) => !ok)) setExitCode(1);
      const text = table(findings, [
        { title: '', value: ({ ok }) => (ok ? 'ok' : 'NO') },
        { title: 'check', value: ({ check }) => check },
        { title: 'observed', value: ({ observed }) => observed },
        { title: 'what to do', value: ({ advice }) => advice ?? '' },
      ]);
      output.answer(findings, text);
    });
}

function nodeVersion(): Finding {
  const ok = process.versions.node.startsWith('20.');
  return { check: 'Node', ok, observed: process.versions.node, advice: ok ? undefined : 'use Node 20 (.nvmrc)' };
}

async function homeWritable(home: string): Promise<Finding> {
  const ok = await access(home, constants.W_OK).then(
    () => true,
    () => false,
  );
  const advice = ok ? undefined : 'start the hub once, or choose a writable MODELBANK_HOME';
  return { check: 'home', ok, observed: home, advice };
}

async function diskRoom(home: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(home);
    const gib = (bavail * bsize) / 2 ** 30;
    const ok = gib >= NEEDED_GIB;
    return { check: 'disk', ok, observed: `${gib.toFixed(0)} GiB free`, advice: ok ? undefined : 'make room' };
  } catch {
    return { check: 'disk', ok: false, observed: 'no such folder', advice: 'start the hub once' };
  }
}

async function certificate(home: string, name: string): Promise<Finding> {
  const check = `certificate ${name}`;
  try {
    const { validTo } = new X509Certificate(await readFile(join(home, 'pki', name)));
    const days = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS);
    const ok = days >= WARN_DAYS;
    return { check, ok, observed: `${days} days left`, advice: ok ? undefined : 'renew it: bin/modelbank pki' };
  } catch {
    return { check, ok: false, observed: 'missing', advice: 'make one: bin/modelbank pki' };
  }
}

async function inferenceLibrary(): Promise<Finding> {
  try {
    await import('onnxruntime-node');
    return { check: 'onnxruntime', ok: true, observed: 'CPU library loads' };
  } catch {
    return { check: 'onnxruntime', ok: false, observed: 'does not load', advice: 'npm ci, on a supported platform' };
  }
}

async function hubAnswers(home: string, ask: () => Promise<void>): Promise<Finding> {
  try {
    await ask();
    const address = await readHubAddress(home);
    return { check: 'hub API', ok: true, observed: `answers on port ${address?.httpPort}` };
  } catch {
    return { check: 'hub API', ok: false, observed: 'no answer', advice: 'bin/modelbank serve' };
  }
}

/** What the hub itself says of its disks: whether senders may come. */
async function storage(connect: CommandContext['connect']): Promise<Finding> {
  const check = 'storage';
  try {
    const { condition, reason, volumes } = await (await connect()).get<StorageAnswer>('/storage');
    const room = volumes.map(
      ({ part, freeBytes, usedPercent }) => `${part} ${percent(usedPercent)}, ${gib(freeBytes)}`,
    );
    const advice = 'make room or mount the disk; nothing is taken in until then, what is here is still delivered';
    return condition === 'ok'
      ? { check, ok: true, observed: room.join('; ') }
      : { check, ok: false, observed: `${condition}: ${reason}`, advice };
  } catch {
    return { check, ok: false, observed: 'no answer', advice: 'bin/modelbank serve' };
  }
}

const percent = (used: number) => `${used.toFixed(0)} % used`;
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(0)} GiB free`;

interface StorageAnswer {
  readonly condition: string;
  readonly reason: string | null;
  readonly volumes: readonly { readonly part: string; readonly freeBytes: number; readonly usedPercent: number }[];
}

/** A TLS handshake with the hub's own certificates; no association is asked for, so nothing goes to the journal. */
async function dicomDoor(home: string): Promise<Finding> {
  const address = await readHubAddress(home);
  const check = 'DICOM door';
  if (address === null) return { check, ok: false, observed: 'no hub', advice: 'bin/modelbank serve' };
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'hub/client.crt', 'hub/client.key'].map((name) => readFile(join(home, 'pki', name)).catch(() => '')),
  );
  const ok = await shakesHands({ host: '127.0.0.1', port: address.dimsePort, ca, cert, key });
  const observed = `port ${address.dimsePort}: ${ok ? 'mutual TLS works' : 'no mutual TLS'}`;
  return { check, ok, observed, advice: ok ? undefined : 'look at the log of the hub' };
}

function shakesHands(options: ConnectionOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...options, timeout: HANDSHAKE_TIMEOUT_MS });
    const end = (worked: boolean) => {
      socket.destroy();
      resolve(worked);
    };
    socket.once('secureConnect', () => end(true)).once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
