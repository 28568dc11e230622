/** `modelbank centre commitment`: say which calling AE is a gateway that may ask for storage commitment, or no longer is one. */
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { table } from '../output/table';

type Options = Readonly<Record<string, string | boolean | undefined>>;

interface Gateway {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export function addCommitmentCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('commitment')
    .argument('<id>', 'the centre')
    .argument('[title]', 'calling AE title of a gateway of the centre; none lists them')
    .option('--host <host>', 'host to which the hub reports (N-EVENT-REPORT)')
    .option('--port <port>', 'its port')
    .option('--no-tls', 'plain DICOM (only inside this machine, for a tunnel)')
    .option('--pin <fingerprint>', "SHA-256 of the gateway's certificate; without it the hub's CA alone is trusted")
    .option('--remove', 'it may not ask any more')
    .description('offer storage commitment to a gateway; never to a modality, which deletes its originals after it')
    .action(async (id: string, title: string | undefined, options: Options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const of = `/centres/${encodeURIComponent(id)}`;
      if (title !== undefined) {
        const path = `${of}/calling-aes/${encodeURIComponent(title)}/storage-commitment`;
        if (options.remove === true) await hub.delete(path);
        else await hub.post(path, addressOf(options));
      }
      const gateways = await hub.get<Gateway[]>(`${of}/storage-commitment`);
      const text = table(gateways, [
        { title: 'gateway', value: (row) => row.aeTitle },
        { title: 'reports to', value: (row) => `${row.host}:${row.port} (${row.tls ? 'TLS' : 'plain'})` },
      ]);
      output.answer(gateways, gateways.length === 0 ? 'storage commitment is offered to no AE of this centre' : text);
    });
}

function addressOf({ host, port, tls, pin }: Options) {
  if (host === undefined || port === undefined) {
    throw new HubError('INVALID_REQUEST', 'a gateway needs --host and --port', {
      advice: 'the hub reports to it there; to take the service from it: --remove',
    });
  }
  return {
    host,
    port: Number(port),
    tls: tls !== false,
    ...(pin === undefined ? {} : { pinnedFingerprintSha256: pin }),
  };
}
