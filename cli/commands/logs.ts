import { InvalidArgumentError } from 'commander';
import type { Since } from '../../src/core/runs/since.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { showLogs } from '../logs/show-logs.ts';
import type { CliCommand } from '../terminal.ts';
import { sinceOf } from './since-of.ts';

interface LogsOptions extends LedgerOptions {
  readonly grep?: RegExp;
  readonly since?: Since;
  readonly until?: Since;
  readonly insecure?: boolean;
}

/**
 * `cascade logs <id>`: prints the log lines about a run, an order or a trace, the earliest first. They are spread over
 * many activations on the OpenWhisk host, so they are hard to find without this command.
 *
 * A run is a first reload and all that followed from it. An order is a reload that Cascade owes. A trace is the work
 * that one end of a reload caused.
 */
export const logsCommand: CliCommand = {
  name: 'logs',
  description: 'the log lines of a run, an order or a trace, from the OpenWhisk host',
  argument: ['<id>', 'the id of a reload, event or order, or a trace id'],
  options: [
    { flags: '--grep <pattern>', description: 'only lines that match this regular expression', parse: patternOf },
    { flags: '--since <time>', description: 'nothing older than this: as for cascade runs', parse: sinceOf },
    { flags: '--until <time>', description: 'look until then, for messages that were sent late', parse: sinceOf },
    { flags: '--insecure', description: 'send the key also over plain http to another machine' },
    ...LEDGER_OPTIONS,
  ],
  examples: `  $ cascade logs 6749c1f2a0b3d4e5f6a7b8c9    the whole run, by the id of any reload or event in it
  $ cascade logs order:default:…             one order: its reload, and what became of it
  $ cascade logs 0af7651916cd43dd8448eb211c80319c   one trace, as a log line or a webhook's answer names it
  $ cascade logs <id> --grep '"level":"(warn|error)"'   the pattern sees the line as the host has it`,
  async run(id: string, options: LogsOptions, terminal) {
    const { grep, since, until, insecure = false } = options;
    return await onLedger(options, terminal, 'reads', async (context) => {
      const { openLogs } = await import('../logs/open-logs.ts');
      return showLogs(context, { id, grep, since, until }, openLogs(context, insecure));
    });
  },
};

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch {
    throw new InvalidArgumentError('It has to be a regular expression of JavaScript.');
  }
}
