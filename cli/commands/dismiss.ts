import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { dismissDeadLetter } from '../ledger/replay.ts';
import type { CliCommand } from '../terminal.ts';
import { dismiss } from '../tickets/dismiss.ts';
import { AS_OPTION, nameOfPerson, passwordOf } from '../tickets/person.ts';
import { randomPart } from '../tickets/random-part.ts';

interface DismissOptions extends LedgerOptions {
  readonly as?: string;
}

/**
 * `cascade dismiss <id>`: stores that somebody looked at a problem, and that it is none any more. Then `cascade runs
 * --problems` no longer lists it, unless it is an alert that is raised again. The id is that of a ticket (an app that
 * fails), of an order (a reload that Cascade owes) that was given up, of an alert, or of a dead letter (a webhook that
 * Cascade could not understand).
 */
export const dismissCommand: CliCommand = {
  name: 'dismiss',
  description: 'somebody looked at a problem, and it is none any more',
  argument: ['<id>', 'of a ticket, a given-up order, an alert or a dead letter'],
  options: [AS_OPTION, ...LEDGER_OPTIONS],
  examples: `  $ cascade dismiss ticket:reload:default:6749c1f2a0b3d4e5f6a7b8c9 --as ann
  $ cascade dismiss alert:quota:default/5a1e5000-0000-4000-8000-000000000003
                                       as CASCADE_USER; if it is raised again, it shows again
  $ cascade dismiss dead:9f86d081…     needs no --as; the same as cascade replay --dismiss`,
  async run(id: string, options: DismissOptions, terminal) {
    if (id.startsWith('dead:')) {
      return await onLedger(options, terminal, 'changes', (context) => dismissDeadLetter(context, id));
    }
    const by = nameOfPerson(options.as, process.env, 'Whoever dismisses something');
    const password = (): Promise<string> => passwordOf(by, process.env, terminal);
    return await onLedger(options, terminal, 'changes', (context) =>
      dismiss(context, id, { by, random: randomPart, password }),
    );
  },
};
