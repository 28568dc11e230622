/** `modelbank centre echo`: does the receiver of a centre answer the hub, with the same TLS and titles as a delivery? */
import type { Command } from 'commander';
import { HubError, exitCodeOf } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import type { HubClient } from '../hub-client';
import type { CentreAnswer } from './centre-text';

type Destination = CentreAnswer['destinations'][number];

interface Echo {
  readonly destinationId: string;
  readonly receiver: string;
  readonly answered: boolean;
  readonly error?: Pick<HubError, 'code' | 'message' | 'advice'>;
}

export function addEchoCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('echo')
    .argument('<id>', 'the centre')
    .option('--destination <destination>', 'only this one of its destinations (its id: centre list ID)')
    .description("send a C-ECHO to a centre's receivers, as a delivery would call them")
    .action(async (id: string, options: { destination?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const echoes: Echo[] = [];
      for (const destination of await destinationsOf(hub, id, options.destination)) {
        echoes.push(await echo(hub, id, destination));
      }
      const failed = echoes.find(({ error }) => error !== undefined);
      if (failed?.error !== undefined) setExitCode(exitCodeOf(failed.error.code));
      output.answer(echoes, echoes.map(echoText).join('\n'));
    });
}

async function destinationsOf(hub: HubClient, centreId: string, only: string | undefined): Promise<Destination[]> {
  const { destinations } = await hub.get<CentreAnswer>(`/centres/${encodeURIComponent(centreId)}`);
  const active = destinations.filter(({ id, active }) => active && (only === undefined || id === only));
  if (active.length > 0) return active;
  throw new HubError('NOT_FOUND', 'this centre has no such active destination', {
    advice: `add one: modelbank centre destination ${centreId} --ae TITLE --host HOST --port PORT`,
  });
}

async function echo(hub: HubClient, centreId: string, { id, aeTitle, host, port }: Destination): Promise<Echo> {
  const told = { destinationId: id, receiver: `${aeTitle}@${host}:${port}` };
  try {
    await hub.post(`/centres/${encodeURIComponent(centreId)}/destinations/${encodeURIComponent(id)}/echo`);
    return { ...told, answered: true };
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.code === 'HUB_UNREACHABLE') throw thrown;
    const { code, message, advice } = thrown;
    return { ...told, answered: false, error: { code, message, advice } };
  }
}

function echoText({ receiver, error }: Echo): string {
  if (error === undefined) return `${receiver} answers`;
  const advice = error.advice === undefined ? '' : `\n  -> ${error.advice}`;
  return `${receiver} does not: ${error.code}: ${error.message}${advice}`;
}
