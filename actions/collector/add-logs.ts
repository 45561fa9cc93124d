/*
 * A ticket shows people that an app fails. It should also show them the end of the failed reload's log. The action
 * `storer`, which makes the ticket, has no access to Qlik. So the sweep (it runs every 5 minutes and takes up what was
 * left undone) asks Qlik for the log here, and adds the end of it to the ticket.
 *
 * A ticket that waits for its log has a `dueAt`. From that instant on the sweep takes it up: the ticket is due.
 */

import type { LogAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import { logTail } from '../../src/core/tickets/log-tail.ts';
import { withoutDue } from '../../src/core/tickets/raise-ticket.ts';
import { addMs, type DurationMs, type EpochMs, minutes, seconds } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import type { TicketDocument } from '../../src/ledger/documents/ticket.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { type AskTenant, askTenants } from './ask-tenant.ts';
import { type CollectorPorts, lastCall } from './collector-ports.ts';
import { partsOf } from './store-parts.ts';

/** A sweep stops at 200 logs. Qlik takes 500 such calls in 5 minutes, so more than half of them are left for others. */
const MOST_LOGS = 200;
/** The most questions to Qlik at the same time. */
const AT_ONCE = 4;
/** The sweep asks for logs for at most 10 s, because the reloads that it found to be owed start only after its end. */
const MOST_TIME: DurationMs = seconds(10);
/** Qlik has at most 5 s to send one log. */
const LONGEST_LOG: DurationMs = seconds(5);
/** A day after the failure, the sweep stops asking for the log. */
const ASKED_FOR: DurationMs = minutes(24 * 60);

/**
 * Adds the end of the failed reload's log to tickets. It asks for at most 200 logs, and for at most 10 s. The
 * tickets that it does not reach get a new `dueAt`, so that `cascade runs --problems` does not call them overdue. The
 * next sweep takes those up that have waited longest.
 *
 * A ticket stops waiting without a log if its app has recovered, if logs are switched off, if Qlik has no log of the
 * reload an hour after the failure, or a day after the failure. If Qlik has no log yet, or a tenant does not answer,
 * the ticket is due again 15 minutes later. A ticket that somebody changed meanwhile waits for the next sweep.
 *
 * If CouchDB does not take the tickets, this only logs that, because the sweep's other results must go on.
 *
 * @param tickets - the tickets that are due, the one that has been due longest first.
 */
export async function addLogs(tickets: readonly TicketDocument[], ports: CollectorPorts): Promise<void> {
  const ask = askTenants(ports);
  const until = Math.min(lastCall(ports), addMs(ports.now(), MOST_TIME)) as EpochMs;
  const isWaiting = (ticket: TicketDocument): boolean => !isOver(ticket, ports);
  const open = tickets.filter(isWaiting);
  const answers: (LogAnswer | undefined)[] = [];
  let asked = 0;
  while (answers.length < open.length && asked < MOST_LOGS && ports.now() < until) {
    const part = open.slice(answers.length, answers.length + Math.min(AT_ONCE, MOST_LOGS - asked));
    answers.push(...(await whenAllSettled(part.map((ticket) => askForLog(ticket, ask, until, ports)))));
    asked = answers.filter((answer) => answer !== undefined).length;
  }
  const silent = new Set(open.flatMap(({ tenant }, place) => (answers[place]?.kind === 'unavailable' ? [tenant] : [])));
  const next = [
    ...tickets.filter((ticket) => !isWaiting(ticket)).map(withoutDue),
    ...open.map((ticket, place) => {
      const answer = answers[place];
      return answer === undefined ? later(ticket, place, silent, ports) : afterAnswer(ticket, answer, ports);
    }),
  ];
  await writeAll(next, ports).catch((error: unknown) => {
    if (!(error instanceof CascadeError)) throw error;
    ports.log.warn(`Logs are added to their tickets later: ${error.message}`);
  });
}

/** Whether the sweep need not ask for the log of a ticket any more. */
const isOver = ({ recoveredAt, log, failedAt }: TicketDocument, ports: CollectorPorts): boolean =>
  !ports.isShowingLogs ||
  recoveredAt !== undefined ||
  log !== undefined ||
  storeTime(ports) > addMs(failedAt, ASKED_FOR);

/**
 * Asks Qlik for the log of a ticket's reload.
 *
 * @returns undefined if Qlik was not asked: less than a second is left, or the tenant did not answer other questions.
 */
async function askForLog(
  { tenant, appId, reloadId }: TicketDocument,
  ask: AskTenant,
  until: EpochMs,
  { now }: CollectorPorts,
): Promise<LogAnswer | undefined> {
  const left = Math.min(LONGEST_LOG, until - now()) as DurationMs;
  if (left < 1_000) return undefined;
  return ask(tenant, (qlik, timeout) => qlik.logTail(appId, reloadId, Math.min(left, timeout) as DurationMs));
}

/**
 * A ticket for which Qlik was not asked, as `addLogs` writes it.
 *
 * @param place - its place among the tickets that wait.
 * @param silent - the tenants that did not answer.
 */
function later(
  ticket: TicketDocument,
  place: number,
  silent: ReadonlySet<TenantName>,
  ports: CollectorPorts,
): TicketDocument {
  // Each ticket gets its own millisecond, so that the one that has waited longest stays the first. Besides, the sweep
  // reads due documents in pages, and reads them best if few documents have the same `dueAt`.
  const from = addMs(storeTime(ports), place as DurationMs);
  return { ...ticket, dueAt: silent.has(ticket.tenant) ? addMs(from, ports.times.postedPoll) : from };
}

/** The ticket as `addLogs` writes it after Qlik's answer. */
function afterAnswer(ticket: TicketDocument, answer: LogAnswer, ports: CollectorPorts): TicketDocument {
  if (answer.kind === 'found') {
    const log = logTail(answer.text);
    return { ...withoutDue(ticket), ...(log !== undefined && { log }) };
  }
  const { longDoubt, postedPoll } = ports.times;
  const now = storeTime(ports);
  // Qlik may show a log a little later than its reload's end. So for an hour (`longDoubt`) we ask again.
  const isGone = answer.kind === 'absent' && now > addMs(ticket.failedAt, longDoubt);
  if (!isGone) return { ...ticket, dueAt: addMs(now, postedPoll) };
  ports.log.warn('A ticket stays without its reload’s log', { ticket: ticket._id, problem: answer.message });
  return withoutDue(ticket);
}

/** Writes the tickets. One that somebody changed meanwhile stays as it is, and stays due. */
async function writeAll(tickets: readonly TicketDocument[], { store, log }: CollectorPorts): Promise<void> {
  for (const part of partsOf(tickets)) {
    // The copy is for TypeScript: an interface alone is no `NewDocument`.
    const written = await store.bulk(part.map((ticket) => ({ ...ticket })));
    for (const [index, outcome] of written.entries())
      if (outcome.kind === 'refused') log.error(`CouchDB refuses ${part[index]?._id}: ${outcome.message}`);
  }
}
