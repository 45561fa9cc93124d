/*
 * A ticket is one streak of failures of an app, for people to look after. `cascade ticket <id>` shows one, with the
 * error, the log of the first failed reload, and what people did so far. This file makes that report.
 */

import { appOfKey } from '../../src/core/names.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { actWords } from '../../src/core/tickets/act-words.ts';
import { foldActs } from '../../src/core/tickets/fold-acts.ts';
import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';
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
  const ticket: ListedTicket = { ...read, acts: foldActs(read, acts) };
  return {
    ok: true,
    json: {
      ...ticketJson(ticket, context.labelOf),
      log: ticket.log,
      acts: ticket.acts.history.map(({ _id, by, at, kind, value }) => ({ act: _id, by, at: iso(at), kind, value })),
      missing,
    },
    lines: [...factLines(ticket, context), ...historyLines(ticket, context)],
    notes: missing,
  };
}

function factLines(ticket: ListedTicket, { labelOf, paints }: LedgerContext): readonly string[] {
  const { acts, error, log, times, failedAt, lastFailedAt, recoveredAt, waiting, reloadId, chains } = ticket;
  const often = times === 1 ? 'once' : `${times} times, last at ${instantText(lastFailedAt)}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['state', `${stateText(ticket)}${acts.reason === undefined ? '' : `: ${acts.reason}`}`],
    ['owner', acts.owner ?? 'nobody'],
    ['tags', acts.tags.length === 0 ? undefined : acts.tags.join(', ')],
    ['minutes', acts.minutes === 0 ? undefined : String(acts.minutes)],
    ['failed', `${often}, since ${instantText(failedAt)}`],
    ['recovered', recoveredAt && instantText(recoveredAt)],
    ['error', error?.message],
    ['waiting', waiting.length === 0 ? undefined : waiting.map((key) => labelOf(appOfKey(key))).join(', ')],
    ['chains', chains.length === 0 ? undefined : chains.join(', ')],
    ['run', `cascade runs ${reloadId}`],
  ];
  return [
    `${paints.red(labelOf(ticket))}  ${paints.dim(ticket._id)}`,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(9)}  ${value}`])),
    ...(log === undefined
      ? []
      : [
          '  log:',
          ...log
            .trimEnd()
            .split(/\r?\n/)
            .map((line) => `    ${line}`),
        ]),
  ];
}

const historyLines = ({ acts }: ListedTicket, { paints }: LedgerContext): readonly string[] =>
  acts.history.map((act) => `${paints.dim(instantText(act.at))}  ${act.by} ${actWords(act)}`);
