/*
 * A ticket is one streak of failures of an app, or a question of a Stack Exchange site, for people to look after.
 * `cascade ticket <id>` shows one: of failures with the error of the last failed reload and the log of the first one,
 * of a question with its author and its answers; and what people did so far. This file makes that report.
 */

import { appOfKey } from '../../src/core/names.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { actWords } from '../../src/core/tickets/act-words.ts';
import { foldActs } from '../../src/core/tickets/fold-acts.ts';
import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';
import type { QuestionTicket } from '../../src/core/tickets/question.ts';
import { type AnyTicket, isReloadTicket, whyFailed } from '../../src/core/tickets/ticket.ts';
import { iso } from '../ledger/json-facts.ts';
import type { LedgerContext, LedgerReport } from '../ledger/ledger-command.ts';
import { readOneTicket } from './read-tickets.ts';
import { stateText } from './state-text.ts';
import { ticketJson } from './ticket-json.ts';

/**
 * `cascade ticket <id>`: shows a ticket, and what people did to it.
 *
 * @param text - the ticket's id, or the id of the reload that failed first.
 * @throws CascadeError as `readOneTicket`.
 */
export async function showTicket(context: LedgerContext, text: string): Promise<LedgerReport> {
  const { ticket: read, acts, missing } = await readOneTicket(context, text);
  const ticket: ListedTicket<AnyTicket> = { ...read, acts: foldActs(read, acts) };
  const { labelOf, paints } = context;
  const [name, facts, log] = isReloadTicket(ticket)
    ? [paints.red(labelOf(ticket)), failureFacts(ticket, labelOf), ticket.log]
    : [paints.bold(ticket.title), questionFacts(ticket)];
  return {
    ok: true,
    json: {
      ...ticketJson(ticket, labelOf),
      log,
      acts: ticket.acts.history.map(({ _id, by, at, kind, value }) => ({ act: _id, by, at: iso(at), kind, value })),
      missing,
    },
    lines: [
      `${name}  ${paints.dim(ticket._id)}`,
      ...factLines([...standingOf(ticket), ...facts]),
      ...(isReloadTicket(ticket) ? logLines(ticket) : []),
      ...ticket.acts.history.map((act) => `${paints.dim(instantText(act.at))}  ${act.by} ${actWords(act)}`),
    ],
    notes: missing,
  };
}

type Fact = readonly [name: string, value: string | undefined];

/** Each fact that is known on a line of its own. */
const factLines = (facts: readonly Fact[]): readonly string[] =>
  facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(9)}  ${value}`]));

/** How a ticket stands by what people did to it. */
function standingOf(ticket: ListedTicket<AnyTicket>): readonly Fact[] {
  const { acts } = ticket;
  return [
    ['state', `${stateText(ticket)}${acts.reason === undefined ? '' : `: ${acts.reason}`}`],
    ['owner', acts.owner ?? 'nobody'],
    ['tags', acts.tags.length === 0 ? undefined : acts.tags.join(', ')],
    ['minutes', acts.minutes === 0 ? undefined : String(acts.minutes)],
  ];
}

function questionFacts(question: QuestionTicket): readonly Fact[] {
  const { author = 'somebody whose account is gone', reputation, createdAt, activeAt, answers, tags, link } = question;
  const who = reputation === undefined ? author : `${author} (${reputation})`;
  return [
    ['asked', `${instantText(createdAt)} by ${who}`],
    ['active', instantText(activeAt)],
    ['answers', `${answers}${question.isAccepted ? ', one is accepted' : ''}`],
    ['score', String(question.score)],
    ['site tags', tags.length === 0 ? undefined : tags.join(', ')],
    ['link', link === '' ? undefined : link],
  ];
}

function failureFacts(ticket: ListedTicket, labelOf: LabelOf): readonly Fact[] {
  const { times, failedAt, lastFailedAt, recoveredAt, waiting, reloadId, chains } = ticket;
  const often = times === 1 ? 'once' : `${times} times, last at ${instantText(lastFailedAt)}`;
  return [
    ['failed', `${often}, since ${instantText(failedAt)}`],
    ['recovered', recoveredAt && instantText(recoveredAt)],
    ['error', whyFailed(ticket)],
    ['waiting', waiting.length === 0 ? undefined : waiting.map((key) => labelOf(appOfKey(key))).join(', ')],
    ['chains', chains.length === 0 ? undefined : chains.join(', ')],
    ['run', `cascade runs ${reloadId}`],
  ];
}

const logLines = ({ log, times, failedAt }: ListedTicket): readonly string[] =>
  log === undefined
    ? []
    : [
        times === 1 ? '  log:' : `  log of the reload that failed at ${instantText(failedAt)}:`,
        ...log
          .trimEnd()
          .split(/\r?\n/)
          .map((line) => `    ${line}`),
      ];
