/** `modelbank model`: register packages and look at what is registered. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';

interface VersionAnswer {
  readonly modelId: string;
  readonly version: string;
  readonly task: string;
  readonly packageDigest: string;
  readonly state: string;
  readonly registeredAt: string;
}

export function addModelCommands(program: Command, setExitCode: SetExitCode): void {
  const model = program.command('model').description('register model packages and look at them');
  model
    .command('register')
    .argument('<folder>', 'the package: model.yaml, its network files, MODEL_CARD.md, golden/')
    .description('register a model package; the hub copies it and keeps its digests')
    .action(async (folder: string, _options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const version = await hub.post<VersionAnswer & { readonly isNew: boolean }>('/models', {
        folder: resolve(folder),
      });
      const done = version.isNew ? 'registered' : 'unchanged, was registered before:';
      output.answer(version, `${done} ${version.modelId} ${version.version}\ndigest ${version.packageDigest}`);
    });
  model
    .command('list')
    .description('list registered versions')
    .action(async (_options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const versions = await hub.get<VersionAnswer[]>('/models');
      output.answer(
        versions,
        versions.length === 0 ? 'no models; register one: bin/modelbank model register DIR' : list(versions),
      );
    });
  model
    .command('show')
    .argument('<id>', 'model id')
    .argument('<version>', 'semantic version')
    .description('show one version with its manifest')
    .action(async (id: string, version: string, _options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const answer = await hub.get<VersionAnswer>(`/models/${encodeURIComponent(id)}/${encodeURIComponent(version)}`);
      output.answer(answer, JSON.stringify(answer, null, 2));
    });
}

function list(versions: readonly VersionAnswer[]): string {
  return table(versions, [
    { title: 'model', value: ({ modelId }) => modelId },
    { title: 'version', value: ({ version }) => version },
    { title: 'task', value: ({ task }) => task },
    { title: 'state', value: ({ state }) => state },
    { title: 'registered', value: ({ registeredAt }) => localTime(registeredAt) },
    { title: 'digest', value: ({ packageDigest }) => packageDigest.slice(0, 16) },
  ]);
}
