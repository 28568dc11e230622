/** `modelbank centre destination`: say where a centre's results go, or that they no longer go there. */
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { fingerprint } from '../output/format';

type Options = Readonly<Record<string, string | boolean | undefined>>;

const CLINICAL =
  'nothing is delivered to a clinical destination until the release policy of the registry allows the model there';

export function addDestinationCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('destination')
    .argument('<id>', 'the centre')
    .option('--ae <title>', 'called AE title of the receiver')
    .option('--host <host>', 'its host')
    .option('--port <port>', 'its port')
    .option('--name <name>', 'what people call it', 'destination')
    .option('--kind <kind>', 'test, or clinical: nothing goes there until the release policy allows it', 'test')
    .option('--no-tls', 'plain DICOM (only inside a machine or a tunnel)')
    .option('--pin <fingerprint>', "SHA-256 of the receiver's certificate; without it the hub's CA alone is trusted")
    .option('--holes <how>', 'how holes are written: xor or keyhole', 'xor')
    .option('--remove <destination>', 'send nothing more to this destination (its id: centre list ID)')
    .description("say where a centre's results go")
    .action(async (id: string, options: Options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const path = `/centres/${encodeURIComponent(id)}/destinations`;
      if (options.remove !== undefined) {
        const removed = String(options.remove);
        await (await connect()).delete(`${path}/${encodeURIComponent(removed)}`);
        output.answer({ removed }, `removed ${removed}`);
        return;
      }
      const body = destinationOf(options);
      const answer = await (await connect()).post<{ id: string }>(path, body);
      const how = `${body.tls ? 'TLS' : 'plain'}, ${body.kind}`;
      const line = `destination ${body.aeTitle}@${body.host}:${body.port} (${how}) ${answer.id}`;
      output.answer(answer, body.kind === 'clinical' ? `${line}\n${CLINICAL}` : line);
    });
}

function destinationOf(options: Options) {
  const { ae, host, port, pin } = options;
  if (ae === undefined || host === undefined || port === undefined) {
    throw new HubError('INVALID_REQUEST', 'a destination needs --ae, --host and --port', {
      advice: 'to remove one: --remove DESTINATION_ID',
    });
  }
  return {
    name: String(options.name),
    aeTitle: String(ae),
    host: String(host),
    port: Number(port),
    tls: options.tls !== false,
    kind: String(options.kind),
    holes: options.holes,
    ...(pin === undefined ? {} : { pinnedFingerprintSha256: fingerprint(String(pin)) }),
  };
}
