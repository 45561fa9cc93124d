import { InvalidArgumentError } from 'commander';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { NewAct } from '../../src/core/tickets/act.ts';
import { nextActAt } from '../../src/core/tickets/next-act-at.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { withDeployedNames } from '../ledger/deployed-names.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import type { CliCommand } from '../terminal.ts';
import { addActs } from '../tickets/add-acts.ts';
import { AS_OPTION, nameOfPerson, passwordOf } from '../tickets/person.ts';
import { randomPart } from '../tickets/random-part.ts';
import { readOneTicket } from '../tickets/read-tickets.ts';
import { showTicket } from '../tickets/show-ticket.ts';
import { checkPersonName } from '../users/check-person-name.ts';

interface TicketOptions extends LedgerOptions {
  readonly own?: string;
  readonly tag?: string;
  readonly untag?: string;
  readonly note?: string;
  readonly reject?: string;
  readonly answer?: number;
  readonly reopen?: boolean;
  readonly as?: string;
}

/**
 * `cascade ticket <id>`: shows one ticket with what people did to it. A ticket is one streak of failures of an app, or
 * a question of a Stack Exchange site, for people to look after. An act is one thing that a person did to a ticket.
 * With an option such as `--note`, the command first adds acts in the person's name.
 */
export const ticketCommand: CliCommand = {
  name: 'ticket',
  description: 'one ticket with all that people did to it; with an option: do something to it',
  argument: ['<id>', 'ticket:reload:<tenant>:<reload id>, that reload id, or ticket:question:<site>:<number>'],
  options: [
    { flags: '--own <user>', description: 'make it yours (me), nobody’s (nobody), or somebody else’s' },
    { flags: '--tag <tag>', description: 'add a tag', parse: textOf },
    { flags: '--untag <tag>', description: 'remove a tag', parse: textOf },
    { flags: '--note <text>', description: 'say something', parse: textOf },
    { flags: '--reject <reason>', description: 'nobody has to do anything about it, and why', parse: textOf },
    { flags: '--answer <minutes>', description: 'it is done, and how long that took', parse: minutesOf },
    { flags: '--reopen', description: 'somebody has to look after it again' },
    AS_OPTION,
    ...LEDGER_OPTIONS,
  ],
  examples: `  $ cascade ticket 6749c1f2a0b3d4e5f6a7b8c9                     show it
  $ cascade ticket 6749c1f2a0b3d4e5f6a7b8c9 --own me --as ann   Ann takes it; asks for her password
  $ cascade ticket 6749c1f2a0b3d4e5f6a7b8c9 --answer 30 --note 'The disk was full.'
                                       it is done and took 30 minutes (as CASCADE_USER)
  $ cascade ticket 6749c1f2a0b3d4e5f6a7b8c9 --reject 'A test app.'`,
  async run(id: string, options: TicketOptions, terminal) {
    const isAct = ACTS.some((name) => options[name] !== undefined);
    if (!isAct)
      return await onLedger(options, terminal, 'reads', async (found) =>
        showTicket(await withDeployedNames(found), id),
      );
    const by = nameOfPerson(options.as, process.env, 'Whoever changes a ticket');
    const acts = actsIn(options, by);
    return await onLedger(options, terminal, 'changes', async (context) => {
      const { ticket, acts: seen } = await readOneTicket(context, id);
      const store = context.asPerson(by, await passwordOf(by, process.env, terminal));
      await addActs(ticket._id, acts, { store, by, at: nextActAt(Date.now() as EpochMs, seen), random: randomPart });
      return showTicket(await withDeployedNames(context), ticket._id);
    });
  },
};

/** The options that add an act. */
const ACTS = ['own', 'tag', 'untag', 'note', 'reject', 'answer', 'reopen'] as const;

/**
 * The acts that the options ask for, in the order in which they count.
 *
 * @throws CascadeError PARAMETERS_INVALID if two of them contradict each other, or for a bad name.
 */
function actsIn({ own, tag, untag, note, reject, answer, reopen }: TicketOptions, by: string): readonly NewAct[] {
  const verdicts: readonly NewAct[] = [
    ...(reopen === true ? [{ kind: 'reopen' } as const] : []),
    ...(reject === undefined ? [] : [{ kind: 'reject', value: reject } as const]),
    ...(answer === undefined ? [] : [{ kind: 'answer', value: answer } as const]),
  ];
  if (verdicts.length > 1) {
    throw new CascadeError(
      'PARAMETERS_INVALID',
      'Give one of --reject, --answer and --reopen: they contradict each other.',
    );
  }
  return [
    ...(own === undefined ? [] : [{ kind: 'own', value: ownerOf(own, by) } as const]),
    ...(untag === undefined ? [] : [{ kind: 'untag', value: untag } as const]),
    ...(tag === undefined ? [] : [{ kind: 'tag', value: tag } as const]),
    ...(note === undefined ? [] : [{ kind: 'note', value: note } as const]),
    ...verdicts,
  ];
}

function ownerOf(own: string, by: string): string | null {
  if (own === 'nobody') return null;
  return own === 'me' ? by : checkPersonName(own);
}

/** The text of an option, without white space around it. Ill-formed Unicode is replaced, because CouchDB refuses it. */
function textOf(text: string): string {
  const trimmed = text.trim().toWellFormed();
  if (trimmed !== '') return trimmed;
  throw new InvalidArgumentError('It must not be empty.');
}

function minutesOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It has to be a whole number of minutes, from 0.');
}
