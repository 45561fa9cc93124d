import { type LedgerOptions, onLedger, withLedgerOptions } from '../ledger/ledger-command.ts';
import { dismissDeadLetter, replay } from '../ledger/replay.ts';
import type { AddCommand } from '../terminal.ts';

interface ReplayOptions extends LedgerOptions {
  readonly dismiss?: boolean;
}

const EXAMPLES = `
Examples:
  $ cascade replay event:default:6749c1f2a0b3d4e5f6a7b8c9   start again everything that follows this end
  $ cascade replay dead:9f86d081…                            read a webhook again that Cascade could not read
  $ cascade replay dead:9f86d081… --dismiss                  keep it, but no longer list it as a problem`;

/** `cascade replay <event | dead letter>`: orders again what follows an event, or reads a dead letter again. */
export const addReplay: AddCommand = (program, terminal, end) => {
  const command = program
    .command('replay')
    .description('order again what follows an event, or read a dead letter again')
    .argument('<event>', 'event:<tenant>:<reload id>, its reload id, or dead:<hash>')
    .option('--dismiss', 'keep a dead letter, but no longer list it as a problem');
  withLedgerOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (event: string, options: ReplayOptions) => {
      const work = options.dismiss === true ? dismissDeadLetter : replay;
      end(await onLedger(options, terminal, 'changes', (context) => work(context, event)), options);
    });
};
