import { dismissDeadLetter } from '../ledger/dismiss-dead-letter.ts';
import { type LedgerOptions, onLedger, withLedgerOptions } from '../ledger/ledger-command.ts';
import { replay } from '../ledger/replay.ts';
import type { AddCommand } from '../terminal.ts';

interface ReplayOptions extends LedgerOptions {
  readonly dismiss?: boolean;
}

const EXAMPLES = `
Examples:
  $ cascade replay event:default:6749c1f2a0b3d4e5f6a7b8c9   everything that follows this end, once more
  $ cascade replay dead:9f86d081…                            a webhook that nobody understood, after a fix
  $ cascade replay dead:9f86d081… --dismiss                  nothing is to become of it: no problem any more`;

/** `cascade replay <event | dead letter>`: what follows from an event anew, or a body that is understood by now. */
export const addReplay: AddCommand = (program, terminal, end) => {
  const command = program
    .command('replay')
    .description('order anew what follows an event, or read a dead letter again')
    .argument('<event>', 'event:<tenant>:<reload id>, its reload id, or dead:<hash>');
  command.option('--dismiss', 'of a dead letter: keep it, but tell it as a problem no more');
  withLedgerOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (event: string, options: ReplayOptions) => {
      const work = options.dismiss === true ? dismissDeadLetter : replay;
      end(await onLedger(options, terminal, 'changes', (context) => work(context, event)));
    });
};
