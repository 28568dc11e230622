/** `modelbank pki`: makes the development PKI, or what is missing of it. */
import type { Command } from 'commander';
import { ensurePki } from '@modelbank/dimse';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';

export function addPkiCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('pki')
    .argument('[centres...]', 'centre ids that get a client and a server certificate')
    .description("make a development PKI: a CA, the hub's certificates, and two for each centre named")
    .action(async (centres: string[], _options, command: Command) => {
      const { home, output } = contextOf(command, setExitCode);
      const pki = await ensurePki(home, centres, new Date());
      const lines = [
        `CA      ${pki.caPath}`,
        `hub     ${pki.hub.server.certPath}`,
        ...Object.entries(pki.centres).map(([id, { client }]) => `centre  ${id}: ${client.certPath}`),
        'For development only: a hospital uses certificates of its own authority.',
      ];
      output.answer(pki, lines.join('\n'));
    });
}
