/*
 * `cascade rebuild` compares the documents of apps and tickets with the ends of reloads, and can correct them. A person
 * needs that if somebody has spoilt or deleted such documents. The document of an app says how the app stands: its last
 * end, its counts, and whether it is failing. A streak of failures has a ticket, until a purge removes it.
 */

import { isDeepStrictEqual } from 'node:util';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { chainsOfApp } from '../../../src/core/chains/chains-of-app.ts';
import { type CountedEnd, ticketOf } from '../../../src/core/desk/app-state.ts';
import type { EndedStreak, Streak } from '../../../src/core/desk/notice.ts';
import { rebuildApp } from '../../../src/core/desk/rebuild-app.ts';
import { appOfStateId, appStateId } from '../../../src/core/document-ids.ts';
import { appsBehindFailure } from '../../../src/core/graph/if-it-ended.ts';
import type { AppRef } from '../../../src/core/names.ts';
import { isMatch } from '../../../src/core/plan-orders.ts';
import { newTicket, withoutDue } from '../../../src/core/tickets/raise-ticket.ts';
import type { Ticket } from '../../../src/core/tickets/ticket.ts';
import { addMs, type DurationMs, type EpochMs } from '../../../src/core/units.ts';
import { refusedError } from '../../../src/ledger/bad-document.ts';
import { appStateDocument, readAppState, readCounts } from '../../../src/ledger/documents/app-state.ts';
import { readTicket } from '../../../src/ledger/documents/ticket.ts';
import { purgedBefore } from '../../../src/ledger/retention/last-purge.ts';
import { counted } from '../../terminal.ts';
import type { LedgerContext, LedgerReport } from '../ledger-command.ts';
import { readable } from '../read-documents.ts';
import { correctedTicket } from './corrected-ticket.ts';
import { mendedTicket } from './mended-ticket.ts';
import { type LedgerEnds, readEnds } from './read-ends.ts';

/** A document that differs from what events (reloads that ended) and orders (reloads that Cascade owes) say. */
interface Difference {
  readonly document: string;
  /** The fields that differ. If the document is missing or malformed: all fields that matter. */
  readonly fields: Readonly<Record<string, { readonly is: unknown; readonly shouldBe: unknown }>>;
}

/** A difference, and the document to write. */
interface Repair {
  readonly difference: Difference;
  readonly write: NewDocument;
}

/** What the comparison found in some documents. */
interface Found {
  readonly repairs: readonly Repair[];
  /** The malformed tickets that cannot be repaired. */
  readonly malformed: readonly string[];
}

/**
 * `cascade rebuild`: compares apps and tickets with what events and orders say, and writes what differs if `isWriting`.
 * It sends no notice. Counts are only raised, because a purge may have removed ends. Apps without ends are not
 * compared. The report is `ok` unless a document could not be written, or a malformed ticket cannot be repaired.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED if this user may not read, or not write.
 */
export async function rebuild(context: LedgerContext, isWriting: boolean): Promise<LedgerReport> {
  const { byApp, tickets, isCut } = await readEnds(context);
  const since = await keptSince(context);
  const repairs: Repair[] = [];
  const malformed: string[] = [];
  for (const [id, ends] of byApp) {
    const found = await compareApp(id, ends, { tickets, since }, context);
    repairs.push(...found.repairs);
    malformed.push(...found.malformed);
  }
  const unwritten = isWriting ? await writeAll(repairs, context) : { changed: [], refused: new Map() };
  const { changed, refused } = unwritten;
  const differences = repairs.map(({ difference }) => difference);
  return {
    ok: countOf(unwritten) + malformed.length === 0,
    json: {
      differences,
      written: isWriting ? differences.length - countOf(unwritten) : 0,
      changed,
      refused: [...refused.keys()],
      malformed,
      isCut,
    },
    lines: [
      ...differences.flatMap(linesOf),
      summaryOf(byApp.size, { differences: differences.length, malformed: malformed.length }, isWriting, unwritten),
    ],
    notes: [
      ...(isCut ? ['The ledger has more documents than were read: only those were compared.'] : []),
      ...changed.map((document) => `${document} changed meanwhile, and was left as it is: run cascade rebuild again.`),
      ...refused.values(),
      ...malformed.map(
        (ticket) =>
          `${ticket} is malformed, and cannot be repaired from the events: a newer Cascade wrote it, or the end with which it began is no longer in the ledger. A person has to repair or delete it.`,
      ),
    ],
  };
}

/**
 * Compares one app's document and its tickets with the app's ends. Of a malformed document, the counts that can be read
 * are kept.
 */
async function compareApp(
  id: string,
  ends: readonly CountedEnd[],
  { tickets, since }: Pick<LedgerEnds, 'tickets'> & { readonly since: EpochMs },
  context: LedgerContext,
): Promise<Found> {
  const { store, now } = context;
  const found = await store.get(id);
  const known = readable(found, readAppState);
  const mayBegin = (end: CountedEnd): boolean =>
    end.endedAt > since || tickets.has(ticketOf(end.tenant, end.reloadId)) || known?.failing?.first === end.reloadId;
  const { state, streaks } = rebuildApp(known ?? readCounts(found), ends, now(), mayBegin);
  const app = appOfStateId(id);
  const write = appStateDocument(app, state, found?._rev);
  const difference = differenceOf(
    id,
    found === undefined ? undefined : known && appStateDocument(app, known, found._rev),
    write,
  );
  const repairs: Repair[] = difference === undefined ? [] : [{ difference, write }];
  const malformed: string[] = [];
  for (const streak of streaks.filter((each) => isKept(each, since))) {
    const repair = await ticketRepair(streak, ends, { app, rev: found?._rev }, context);
    if (repair === 'malformed') malformed.push(streak.ticket);
    else if (repair !== undefined) repairs.push(repair);
  }
  return { repairs, malformed };
}

/**
 * Since when no purge has removed an end. Of earlier ends a purge may have removed some, and left others that something
 * else in the ledger needs. Purges may have had a shorter retention than this command has now.
 */
async function keptSince({ store, now, retention }: LedgerContext): Promise<EpochMs> {
  return Math.max(addMs(now(), -retention as DurationMs), (await purgedBefore(store)) ?? 0) as EpochMs;
}

/**
 * Whether a streak (a row of failures of one app) should have a ticket. If the streak ended before `since`, a purge may
 * have removed its ticket.
 */
const isKept = (streak: Streak | EndedStreak, since: EpochMs): boolean =>
  !('recoveredAt' in streak) || streak.recoveredAt >= since;

/**
 * Compares a streak's ticket with the streak.
 *
 * @param about - the app, and the version of its document that was read.
 * @returns undefined if the ticket is up to date, or if it is missing and cannot be made; `malformed` if it cannot be
 *   repaired.
 */
async function ticketRepair(
  streak: Streak | EndedStreak,
  ends: readonly CountedEnd[],
  about: { readonly app: AppRef; readonly rev: string | undefined },
  context: LedgerContext,
): Promise<Repair | 'malformed' | undefined> {
  const { app, rev } = about;
  const found = await context.store.get(streak.ticket);
  const fresh = freshTicket(streak, ends, context);
  if (found === undefined) {
    // `dueAt` says when the sweep (it runs every 5 minutes) asks Qlik for the reload's log. The ends do not say that,
    // so it is no difference.
    return (
      fresh && {
        difference: changeOf(streak.ticket, {}, { ...withoutDue(fresh) }),
        write: { ...fresh, schema: 1, type: 'ticket' },
      }
    );
  }
  const known = readable(found, readTicket);
  const ticket = known ?? (fresh && mendedTicket(found, fresh));
  if (ticket === undefined) return 'malformed';
  const corrected = { ...correctedTicket(ticket, streak, lastFailure(streak, ends)), ...app };
  if (known !== undefined && isDeepStrictEqual(corrected, known)) return undefined;
  // The ends were read before. If the app has recovered since then, its ticket is right, and its document has changed.
  const isNewer = known?.recoveredAt !== undefined && !('recoveredAt' in streak);
  if (isNewer && (await context.store.get(appStateId(app)))?._rev !== rev) return undefined;
  // TypeScript takes a copy for a record of fields, but not the ticket itself.
  return { difference: changeOf(streak.ticket, found, { ...corrected }), write: { ...corrected } };
}

/** The last end of a streak's failures; undefined if a purge has removed it. */
const lastFailure = ({ lastFailedAt }: Streak, ends: readonly CountedEnd[]): CountedEnd | undefined =>
  ends.find(({ endedAt, outcome, willRetry }) => endedAt === lastFailedAt && isMatch('failed', outcome) && !willRetry);

/** The ticket as it would be, if it were made now; undefined if a purge has removed the end with which it began. */
function freshTicket(
  streak: Streak | EndedStreak,
  ends: readonly CountedEnd[],
  { chains, now }: LedgerContext,
): Ticket | undefined {
  const first = ends.find(({ reloadId }) => reloadId === streak.first);
  if (first === undefined) return undefined;
  const { tenant, appId, error } = first;
  const app = { tenant, appId };
  const links = chains?.links ?? {};
  const about = { chains: chainsOfApp(app, links), waiting: appsBehindFailure(app, links) };
  return newTicket(streak, { ...app, ...about, ...(error !== undefined && { error }) }, now());
}

/** What differs between the two; undefined if they are equal. */
function differenceOf(id: string, is: object | undefined, shouldBe: object): Difference | undefined {
  const difference = changeOf(id, { ...is }, { ...shouldBe });
  return Object.keys(difference.fields).length === 0 ? undefined : difference;
}

/** Fields that are not compared: they name the document, or they are about work that is going on. */
const UNCOMPARED: readonly string[] = ['_id', '_rev', 'schema', 'type', 'tenant', 'appId', 'seen', 'over', 'notices'];

/** The app that a document is about. It is compared if the document says it. */
const OF_APP: readonly string[] = ['tenant', 'appId'];

function changeOf(document: string, is: Record<string, unknown>, shouldBe: Record<string, unknown>): Difference {
  const isCompared = (name: string): boolean =>
    !UNCOMPARED.includes(name) || (OF_APP.includes(name) && is[name] !== undefined);
  const names = [...new Set([...Object.keys(is), ...Object.keys(shouldBe)])].filter(isCompared);
  const different = names.filter((name) => !isDeepStrictEqual(is[name], shouldBe[name]));
  return {
    document,
    fields: Object.fromEntries(
      different.map((name) => [name, { is: is[name] ?? null, shouldBe: shouldBe[name] ?? null }]),
    ),
  };
}

/** The documents that were not written. */
interface Unwritten {
  /** Those that changed since they were read, and were left as they are. */
  readonly changed: readonly string[];
  /** Those that CouchDB refuses because of what is in them: why, by their ids. */
  readonly refused: ReadonlyMap<string, string>;
}

const countOf = ({ changed, refused }: Unwritten): number => changed.length + refused.size;

/**
 * Writes the documents that differ, each by the rev that was read.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED, for example if this user may not write.
 */
async function writeAll(repairs: readonly Repair[], { store }: LedgerContext): Promise<Unwritten> {
  const changed: string[] = [];
  const refused = new Map<string, string>();
  for (const { write } of repairs) {
    const written = await store.put(write);
    if (written.kind === 'conflict') changed.push(write._id);
    if (written.kind !== 'refused') continue;
    const refusal = refusedError(write._id, written);
    if (!written.isForGood) throw refusal;
    refused.set(write._id, refusal.message);
  }
  return { changed, refused };
}

const linesOf = ({ document, fields }: Difference): readonly string[] => [
  document,
  ...Object.entries(fields).map(
    ([name, { is, shouldBe }]) =>
      `  ${name}: ${is === null ? 'nothing' : JSON.stringify(is)} → ${shouldBe === null ? 'nothing' : JSON.stringify(shouldBe)}`,
  ),
];

function summaryOf(
  apps: number,
  { differences, malformed }: { readonly differences: number; readonly malformed: number },
  isWriting: boolean,
  unwritten: Unwritten,
): string {
  const compared = `${counted(apps, 'app')} compared with events and orders`;
  if (differences === 0 && malformed > 0) return `${compared}: ${counted(malformed, 'malformed ticket')}.`;
  if (differences === 0) return `${compared}: all is as they say.`;
  if (!isWriting) {
    const words = differences === 1 ? 'differs; --write writes it' : 'differ; --write writes them';
    return `${compared}: ${counted(differences, 'document')} ${words}.`;
  }
  const { changed, refused } = unwritten;
  const parts = [
    `${counted(differences - countOf(unwritten), 'document')} written`,
    ...(changed.length === 0 ? [] : [`${counted(changed.length, 'document')} changed meanwhile`]),
    ...(refused.size === 0 ? [] : [`${counted(refused.size, 'document')} refused`]),
  ];
  return `${compared}: ${parts.join('; ')}.`;
}
