/** All commands of `modelbank`, each in a file of its own in commands/. */
import { Command } from 'commander';
import { withGlobalOptions } from './context';
import type { SetExitCode } from './context';
import { addCentreCommands } from './commands/centre';
import { addDemoCommand } from './commands/demo';
import { addDoctorCommand } from './commands/doctor';
import { addExplainCommand } from './commands/explain';
import { addHeldCommands } from './commands/held';
import { addJobsCommand } from './commands/jobs';
import { addJournalCommands } from './commands/journal';
import { addModelCommands } from './commands/model';
import { addPersonCommands } from './commands/person';
import { addPkiCommand } from './commands/pki';
import { addResultsCommands } from './commands/results';
import { addSeriesCommand } from './commands/series';
import { addSendersCommands } from './commands/senders';
import { addServeCommand } from './commands/serve';
import { addSubmitCommand } from './commands/submit';

const ADDITIONS = [
  addServeCommand,
  addDemoCommand,
  addPkiCommand,
  addCentreCommands,
  addPersonCommands,
  addSendersCommands,
  addModelCommands,
  addSubmitCommand,
  addJobsCommand,
  addSeriesCommand,
  addExplainCommand,
  addHeldCommands,
  addResultsCommands,
  addJournalCommands,
  addDoctorCommand,
];

export function createProgram(setExitCode: SetExitCode): Command {
  const program = withGlobalOptions(new Command('modelbank'))
    .description('The national hub on which hospitals share AI models for cancer care')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');
  for (const add of ADDITIONS) add(program, setExitCode);
  inheritSettings(program);
  return program;
}

/** Sub-commands end by exceptions too, and take --home and --json at any place. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command).exitOverride();
    if (!child.options.some(({ long }) => long === '--json')) withGlobalOptions(child);
    inheritSettings(child);
  }
}
