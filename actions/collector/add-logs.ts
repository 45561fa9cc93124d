/*
 * A ticket is something that a person may have to look after: an app that fails. The storer makes it, and cannot ask
 * Qlik for the log of the failed reload. The sweep, which runs every 5 minutes, can. It adds the end of the log to the
 * ticket here.
 */

import type { LogAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import { logTail } from '../../src/core/tickets/log-tail.ts';
import { withoutDue } from '../../src/core/tickets/raise-ticket.ts';
import { addMs, type DurationMs, type EpochMs, minutes, seconds } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import type { TicketDocument } from '../../src/ledger/documents/ticket.ts';
import { type AskTenant, askTenants } from './ask-tenant.ts';
import { type CollectorPorts, lastCall, storeNow } from './collector-ports.ts';
import { partsOf } from './store-parts.ts';

/** The most logs of one sweep. Qlik takes 500 such calls in 5 minutes, so others can make more than half of them. */
const MOST_LOGS = 200;
/** The most questions to Qlik at the same time. */
const AT_ONCE = 4;
/** All logs of a sweep together take at most so long, because the orders that the sweep found wait for its end. */
const MOST_TIME: DurationMs = seconds(10);
/** One log takes at most so long. */
const LONGEST_LOG: DurationMs = seconds(5);
/** If Qlik does not answer, the log is asked for until the failure is so old. */
const ASKED_FOR: DurationMs = minutes(24 * 60);

/**
 * Adds the end of the failed reload's log to tickets that wait for it, the one that has waited longest first. It reads at
 * most 200 logs and takes at most 10 s. Tickets that it does not reach are due again at once, in the same order: they wait
 * for the next sweep, and nobody takes them for work that no sweep looked at.
 *
 * A ticket no longer waits if its app has recovered, if logs are switched off, or if Qlik has no log for it an hour after
 * the failure. If Qlik does not answer, all logs of that tenant are asked for again 15 minutes later, for a day. A ticket that
 * somebody changed meanwhile waits for the next sweep.
 *
 * If the store does not take the logs, this only logs a warning: what else the sweep found must go on.
 *
 * @param tickets - the tickets that are due.
 */
export async function addLogs(tickets: readonly TicketDocument[], ports: CollectorPorts): Promise<void> {
  const ask = askTenants(ports);
  const until = Math.min(lastCall(ports), addMs(ports.now(), MOST_TIME)) as EpochMs;
  const isWaiting = (ticket: TicketDocument): boolean => !isOver(ticket, ports);
  const open = tickets.filter(isWaiting);
  const answers: (LogAnswer | undefined)[] = [];
  let asked = 0;
  for (let from = 0; from < open.length && asked < MOST_LOGS && ports.now() < until; from += AT_ONCE) {
    const part = open.slice(from, from + AT_ONCE);
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

/** Whether the log of a ticket is no longer asked for. */
const isOver = ({ recoveredAt, log, failedAt }: TicketDocument, ports: CollectorPorts): boolean =>
  !ports.isShowingLogs ||
  recoveredAt !== undefined ||
  log !== undefined ||
  storeNow(ports) > addMs(failedAt, ASKED_FOR);

/**
 * Asks Qlik for the log of a ticket's reload.
 *
 * @returns undefined if there is no time left, or the tenant did not answer other questions.
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
 * A ticket for which Qlik was not asked, as it is to be written.
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
  // Each its own millisecond: they keep their order, and the sweep's pages of due documents are cut between two instants.
  const from = addMs(storeNow(ports), place as DurationMs);
  return { ...ticket, dueAt: silent.has(ticket.tenant) ? addMs(from, ports.times.postedPoll) : from };
}

/** The ticket as it is to be written after Qlik's answer. */
function afterAnswer(ticket: TicketDocument, answer: LogAnswer, ports: CollectorPorts): TicketDocument {
  if (answer.kind === 'found') {
    const log = logTail(answer.text);
    return { ...withoutDue(ticket), ...(log !== undefined && { log }) };
  }
  const { longDoubt, postedPoll } = ports.times;
  const now = storeNow(ports);
  // Qlik may show a log a little later than its reload's end.
  const isGone = answer.kind === 'absent' && now > addMs(ticket.failedAt, longDoubt);
  if (!isGone) return { ...ticket, dueAt: addMs(now, postedPoll) };
  ports.log.warn('A ticket stays without its reload’s log', { ticket: ticket._id, problem: answer.message });
  return withoutDue(ticket);
}

/** Writes the tickets, each by its rev. One that somebody changed meanwhile stays due. */
async function writeAll(tickets: readonly TicketDocument[], { store, log }: CollectorPorts): Promise<void> {
  for (const part of partsOf(tickets)) {
    const written = await store.bulk(part.map((ticket) => ({ ...ticket })));
    for (const [index, outcome] of written.entries())
      if (outcome.kind === 'refused') log.error(`CouchDB refuses ${part[index]?._id}: ${outcome.message}`);
  }
}
