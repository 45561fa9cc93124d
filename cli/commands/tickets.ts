import { CascadeError } from '../../src/core/cascade-error.ts';
import { TICKET_SOURCES, type TicketSource } from '../../src/core/tickets/ticket.ts';
import { withDeployedNames } from '../ledger/deployed-names.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import type { CliCommand } from '../terminal.ts';
import { AS_OPTION, nameOfPerson } from '../tickets/person.ts';
import { showTickets } from '../tickets/show-tickets.ts';

interface TicketsOptions extends LedgerOptions {
  readonly mine?: boolean;
  readonly unassigned?: boolean;
  readonly tag?: string;
  readonly source?: TicketSource;
  readonly all?: boolean;
  readonly as?: string;
}

/**
 * `cascade tickets`: lists the failures and questions that somebody has to look after. A ticket is one streak of
 * failures of an app, or a question of a Stack Exchange site. A person sees in the list what is open, and whose it is.
 */
export const ticketsCommand: CliCommand = {
  name: 'tickets',
  description: 'the failures and questions that somebody has to look after',
  options: [
    { flags: '--mine', description: 'only yours (see --as)' },
    { flags: '--unassigned', description: 'only nobody’s' },
    { flags: '--tag <tag>', description: 'only those with this tag' },
    { flags: '--source <source>', description: 'only those of reloads, or only questions', choices: TICKET_SOURCES },
    { flags: '--all', description: 'also the rejected, answered, recovered and dismissed ones' },
    AS_OPTION,
    ...LEDGER_OPTIONS,
  ],
  examples: `  $ cascade tickets                    every open ticket, the latest first
  $ cascade tickets --unassigned       those that nobody has taken
  $ cascade tickets --mine --as ann    Ann’s
  $ cascade tickets --source questions  the questions, without reloads
  $ cascade tickets --all --tag etl    every ticket with the tag etl, whatever its state`,
  async run(_none: string | undefined, options: TicketsOptions, terminal) {
    const { mine: isMine, unassigned: isUnassigned, tag, source, all: isAll } = options;
    if (isMine === true && isUnassigned === true) {
      throw new CascadeError('PARAMETERS_INVALID', 'Give --mine or --unassigned, not both: no ticket is both.');
    }
    const owner = isMine === true ? nameOfPerson(options.as, process.env, '--mine') : undefined;
    return await onLedger(options, terminal, 'reads', async (found) =>
      showTickets(await withDeployedNames(found), { owner, isUnassigned, tag, source, isAll }),
    );
  },
};
