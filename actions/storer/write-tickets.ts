/*
 * The action `storer` stores how reloads ended. This file writes the tickets. A streak is a row of failures of one app
 * that lasts until the app's next success. Each streak has a ticket, so that a person can look after it. An event is
 * the ledger's document of a reload that ended. The storer marks it as recorded once its end is part of its app's
 * document, and the app's tickets are written. Until then it is due: the sweep, which runs every 5 minutes, gives it to
 * the storer again.
 */

import { chainsOfApp } from '../../src/core/chains/chains-of-app.ts';
import { lastErrorIn } from '../../src/core/desk/last-error.ts';
import type { EndedStreak, Streak } from '../../src/core/desk/notice.ts';
import { appsBehindFailure } from '../../src/core/graph/if-it-ended.ts';
import type { AppRef } from '../../src/core/names.ts';
import { newTicket, raisedTicket } from '../../src/core/tickets/raise-ticket.ts';
import { readOrLog, skipBadDocument } from '../../src/ledger/bad-document.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';
import { type EventDocument, readEvent } from '../../src/ledger/documents/event.ts';
import { readTicket } from '../../src/ledger/documents/ticket.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { eventOf } from './read-ahead.ts';
import type { RecordedApp } from './record-apps.ts';
import type { StorerPorts } from './storer-ports.ts';

/**
 * Writes the tickets of an app's streaks: of the streak that goes on, and of streaks that have ended lately. An ended
 * streak stays in the app's document until the event of its success is marked as recorded. If a ticket is malformed, or
 * CouchDB refuses it for good, this logs an error and leaves the ticket alone.
 *
 * @returns false if others changed a ticket all the time: then the app's events stay due.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function writeTickets(recorded: RecordedApp, ports: StorerPorts): Promise<boolean> {
  const { failing, over } = recorded.state;
  for (const streak of [...over, ...(failing === undefined ? [] : [failing])]) {
    const written = await skipBadDocument(
      async () => (await writeTicket(streak, recorded, ports)) ?? 'raced',
      ports.log,
    );
    if (written === 'raced') return false;
  }
  return true;
}

/** Creates the streak's ticket, or notes in it what is new. Undefined if others changed the ticket all the time. */
function writeTicket(
  streak: Streak | EndedStreak,
  { app, events }: RecordedApp,
  ports: StorerPorts,
): Promise<true | undefined> {
  // If the streak's first failure is among these events, the streak is new, so there is probably no ticket to read.
  const isNew = events.some(({ reloadId }) => reloadId === streak.first);
  return changeDocument(
    streak.ticket,
    ports.store,
    async (found) => {
      if (found !== undefined) {
        const raised = raisedTicket(readTicket(found), streak);
        return { result: true, ...(raised !== undefined && { write: raised }) };
      }
      const error = await errorOf(streak, app, events, ports);
      const about = { chains: chainsOfApp(app, ports.links), waiting: appsBehindFailure(app, ports.links) };
      const now = storeTime(ports);
      const ticket = newTicket(streak, { ...app, ...about, ...(error !== undefined && { error }) }, now);
      return { result: true, write: { ...ticket, schema: 1, type: 'ticket' } };
    },
    isNew ? 'absent' : undefined,
  );
}

/**
 * Why the first reload of the streak failed, if it was the last one, too, and the streak does not say it. Then Qlik
 * gave no error, or an earlier version of Cascade wrote the streak.
 */
async function errorOf(
  { first, times, ...streak }: Streak,
  app: AppRef,
  events: readonly EventDocument[],
  { store, log }: StorerPorts,
): Promise<EventDocument['error']> {
  if (times > 1 || lastErrorIn(streak) !== undefined) return undefined;
  const known = events.find(({ reloadId }) => reloadId === first);
  return (known ?? readOrLog(await store.get(eventOf(app, first)), readEvent, log))?.error;
}
