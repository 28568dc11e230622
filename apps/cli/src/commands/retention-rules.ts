/** `modelbank retention rules`: the rules of protocols that differ from the configuration. */
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { table } from '../output/table';

export interface RuleAnswer {
  readonly protocolId: string | null;
  readonly afterDeliveryDays: number;
  readonly unassignedDays: number;
  readonly keepAsPriorDays: number | null;
  readonly why: string | null;
}

interface RuleOptions {
  readonly set?: string;
  readonly remove?: string;
  readonly afterDelivery?: string;
  readonly unassigned?: string;
  readonly asPrior?: string;
  readonly why?: string;
}

export const RULE_COLUMNS = [
  { title: 'protocol', value: ({ protocolId }: RuleAnswer) => protocolId ?? '(every other)' },
  { title: 'days after delivery', value: ({ afterDeliveryDays }: RuleAnswer) => `at most ${afterDeliveryDays}` },
  { title: 'days without a result', value: ({ unassignedDays }: RuleAnswer) => String(unassignedDays) },
  {
    title: 'as prior',
    value: ({ keepAsPriorDays }: RuleAnswer) => (keepAsPriorDays === null ? '-' : `at least ${keepAsPriorDays} days`),
  },
  { title: 'why', value: ({ why }: RuleAnswer) => why ?? 'configuration' },
];

export function addRulesCommand(retention: Command, setExitCode: SetExitCode): void {
  retention
    .command('rules')
    .option('--set <protocol>', 'set the rule of this protocol')
    .option('--after-delivery <days>', 'with --set: at most so many days after the last delivery')
    .option('--unassigned <days>', 'with --set: so many days where nothing was made of it')
    .option('--as-prior <days>', 'with --set: at least so many days, to be compared with')
    .option('--why <reason>', 'with --set: why; goes to the journal')
    .option('--remove <protocol>', 'back to what the configuration says')
    .description('list the rules, or set or remove the one of a protocol')
    .action(async (options: RuleOptions, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const body = options.set === undefined ? undefined : ruleOf(options.set, options);
      const hub = await connect();
      if (options.remove !== undefined) await hub.delete(`/retention/rules/${encodeURIComponent(options.remove)}`);
      if (body !== undefined) await hub.post('/retention/rules', body);
      const rules = await hub.get<RuleAnswer[]>('/retention/rules');
      output.answer(rules, table(rules, RULE_COLUMNS));
    });
}

/** The body of the request. Throws where something is missing or no number of days. */
export function ruleOf(protocolId: string, options: RuleOptions): Record<string, string | number> {
  const { afterDelivery, unassigned, asPrior, why } = options;
  if (afterDelivery === undefined || unassigned === undefined || why === undefined) {
    throw new HubError('INVALID_REQUEST', '--set needs --after-delivery, --unassigned and --why');
  }
  return {
    protocolId,
    afterDeliveryDays: days('--after-delivery', afterDelivery),
    unassignedDays: days('--unassigned', unassigned),
    ...(asPrior === undefined ? {} : { keepAsPriorDays: days('--as-prior', asPrior) }),
    why,
  };
}

function days(option: string, text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new HubError('INVALID_REQUEST', `${option} must be a whole number of days`);
}
