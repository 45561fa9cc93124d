import { type LedgerOptions, onLedger, withLedgerOptions } from '../ledger/ledger-command.ts';
import { showWhy } from '../ledger/show-why.ts';
import type { AddCommand } from '../terminal.ts';

const EXAMPLES = `
Examples:
  $ cascade why report                 why it last ran, what it waits for, or why nothing happened
  $ cascade why finance/report         if several chains have a "report"
  $ cascade why "Finance report"       by its name in Qlik, if only one app has it
  $ cascade why report --json          the same as one JSON document`;

/** `cascade why <app>`: why an app last ran, what it waits for, or why nothing happened. */
export const addWhy: AddCommand = (program, terminal, end) => {
  const command = program
    .command('why')
    .description('why an app last ran, what it waits for, or why nothing happened')
    .argument('<app>', 'its id, its short name, chain/name, or its name in Qlik in quotes');
  withLedgerOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (app: string, options: LedgerOptions) =>
      end(await onLedger(options, terminal, 'reads', (context) => showWhy(context, app)), options),
    );
};
