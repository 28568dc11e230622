/** `modelbank demo` (which `npm start` calls): the whole journey of one CT, shown stage by stage, on this machine. */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { exitCodeOf } from '@modelbank/contracts';
import { ensurePki } from '@modelbank/dimse';
import type { DevelopmentPki } from '@modelbank/dimse';
import { repositoryRoot } from '@modelbank/platform';
import { contextOf } from '../context';
import type { CommandContext, SetExitCode } from '../context';
import { DEMO_CENTRES, enrolDemoCentre } from '../demo/enrol-centres';
import { startHubProcess } from '../demo/hub-process';
import type { RunningHub } from '../demo/hub-process';
import { startReceiver } from '../demo/receiver';
import type { DemoReceiver } from '../demo/receiver';
import { runJourney } from '../demo/run-journey';
import { untilInterrupted } from '../demo/until-interrupted';

export function addDemoCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('demo')
    .option('--once', 'end after the journey (exit code 0 when an RTSTRUCT came back)')
    .option('--dicom <dir>', 'send your own CT instead of the phantom')
    .description('start a hub with two demonstration centres and show the journey of one CT')
    .action(async (options: { once?: boolean; dicom?: string }, command: Command) => {
      const context = contextOf(command, setExitCode);
      const arrived = await demonstrate(context, options);
      if (!arrived) setExitCode(exitCodeOf('SERIES_NOT_USABLE'));
    });
}

async function demonstrate(context: CommandContext, options: { once?: boolean; dicom?: string }): Promise<boolean> {
  const { home, output } = context;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const below = relative(process.cwd(), home);
  const folder = below.startsWith('..') ? home : below || '.';
  output.note(`Modelbank demonstration. State lies in ${folder}; delete it to start anew.\n`);
  const pki = await ensurePki(
    home,
    DEMO_CENTRES.map(({ id }) => id),
    new Date(),
  );
  output.note('pki        a development CA, the hub and two centres have certificates');
  const hub = await startHubProcess(home);
  const receivers = await startReceivers(home, pki);
  try {
    output.note(
      `hub        DICOM over mutual TLS on 127.0.0.1:${hub.address.dimsePort}, API on 127.0.0.1:${hub.address.httpPort}`,
    );
    await prepareHub(context, hub, pki, receivers);
    const arrived = await runJourney(context, hub, receivers.get(DEMO_CENTRES[0].id)!, options.dicom ?? null);
    if (options.once !== true) await untilInterrupted(context, hub);
    return arrived;
  } finally {
    await hub.stop();
    await Promise.all([...receivers.values()].map((receiver) => receiver.close()));
  }
}

async function startReceivers(home: string, pki: DevelopmentPki): Promise<Map<string, DemoReceiver>> {
  const receivers = new Map<string, DemoReceiver>();
  for (const { id } of DEMO_CENTRES) {
    const folder = join(home, 'demo', id, 'received');
    receivers.set(id, await startReceiver(folder, pki.centres[id].server, pki.caPath));
  }
  return receivers;
}

async function prepareHub(
  { output }: CommandContext,
  hub: RunningHub,
  pki: DevelopmentPki,
  receivers: ReadonlyMap<string, DemoReceiver>,
): Promise<void> {
  for (const centre of DEMO_CENTRES) {
    await enrolDemoCentre(hub.client, centre, pki, receivers.get(centre.id)!);
    output.note(`centres    ${centre.name} enrolled: ${centre.aeTitle} sends, ${centre.destinationAeTitle} receives`);
  }
  const folder = join(repositoryRoot(), 'models', 'reference-ct-anatomy');
  const model = await hub.client.post<{ modelId: string; version: string }>('/models', { folder });
  output.note(`models     ${model.modelId} ${model.version} registered`);
}
