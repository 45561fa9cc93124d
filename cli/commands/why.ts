import { withDeployedNames } from '../ledger/deployed-names.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { showWhy } from '../ledger/show-why.ts';
import type { CliCommand } from '../terminal.ts';

/**
 * `cascade why <app>`: says why an app last ran, what it waits for, or why nothing happened. The answer comes from the
 * ledger (Cascade's memory in CouchDB).
 */
export const whyCommand: CliCommand = {
  name: 'why',
  description: 'why an app last ran, what it waits for, or why nothing happened',
  argument: ['<app>', 'its id, its short name, chain/name, or its name in Qlik in quotes'],
  options: LEDGER_OPTIONS,
  examples: `  $ cascade why report                 why it last ran, what it waits for, or why nothing happened
  $ cascade why finance/report         if several chains have a "report"
  $ cascade why "Finance report"       by its name in Qlik, if only one app has it
  $ cascade why report --json          the same as one JSON document`,
  run: (app: string, options: LedgerOptions, terminal) =>
    onLedger(options, terminal, 'reads', async (context) => showWhy(await withDeployedNames(context), app)),
};
