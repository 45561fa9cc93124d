/*
 * `cascade rebuild` compares the documents of apps and tickets with the ends of reloads, and can correct them. A person
 * needs that if somebody has spoilt or deleted such documents. The document of an app says how the app stands: its last
 * end, its counts, and whether it is failing. A ticket is kept for each streak of failures of an app.
 */

import { isDeepStrictEqual } from 'node:util';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { chainsOfApp } from '../../../src/core/chains/chains-of-app.ts';
import type { CountedEnd } from '../../../src/core/desk/app-state.ts';
import type { EndedStreak, Streak } from '../../../src/core/desk/notice.ts';
import { rebuildApp } from '../../../src/core/desk/rebuild-app.ts';
import { appOfStateId } from '../../../src/core/document-ids.ts';
import { appsBehindFailure } from '../../../src/core/graph/if-it-ended.ts';
import { newTicket, raisedTicket, withoutDue } from '../../../src/core/tickets/raise-ticket.ts';
import { addMs, type DurationMs } from '../../../src/core/units.ts';
import { refusedError } from '../../../src/ledger/bad-document.ts';
import { appStateDocument, readAppState, readCounts } from '../../../src/ledger/documents/app-state.ts';
import { readTicket } from '../../../src/ledger/documents/ticket.ts';
import { counted } from '../../terminal.ts';
import type { LedgerContext, LedgerReport } from '../ledger-command.ts';
import { readable } from '../read-documents.ts';
import { readEnds } from './read-ends.ts';

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

/**
 * `cascade rebuild`: compares apps and tickets with what events and orders say, and writes what differs if `isWriting`.
 * It sends no notice. The report is `ok` unless a document could not be written.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED if this user may not write.
 */
export async function rebuild(context: LedgerContext, isWriting: boolean): Promise<LedgerReport> {
  const { byApp, isCut } = await readEnds(context);
  const repairs: Repair[] = [];
  for (const [id, ends] of byApp) repairs.push(...(await repairsOf(id, ends, context)));
  const left = isWriting ? await writeAll(repairs, context) : { changed: [], refused: new Map() };
  const { changed, refused } = left;
  const differences = repairs.map(({ difference }) => difference);
  return {
    ok: countOf(left) === 0,
    json: {
      differences,
      written: isWriting ? differences.length - countOf(left) : 0,
      changed,
      refused: [...refused.keys()],
      isCut,
    },
    lines: [...differences.flatMap(linesOf), summaryOf(byApp.size, differences.length, isWriting, left)],
    notes: [
      ...(isCut ? ['The ledger has more documents than were read: only those were compared.'] : []),
      ...changed.map((document) => `${document} changed meanwhile, and was left as it is: run cascade rebuild again.`),
      ...refused.values(),
    ],
  };
}

/**
 * The repairs of one app's document and of its tickets. Of a malformed document, the counts that can be read are kept.
 */
async function repairsOf(id: string, ends: readonly CountedEnd[], context: LedgerContext): Promise<readonly Repair[]> {
  const { store, now } = context;
  const found = await store.get(id);
  const known = readable(found, readAppState);
  const { state, streaks } = rebuildApp(known ?? readCounts(found), ends, now());
  const app = appOfStateId(id);
  const write = appStateDocument(app, state, found?._rev);
  const difference = differenceOf(
    id,
    found === undefined ? undefined : known && appStateDocument(app, known, found._rev),
    write,
  );
  const tickets: Repair[] = [];
  for (const streak of streaks.filter((each) => isKept(each, context))) {
    const repair = await ticketRepair(streak, ends, context);
    if (repair !== undefined) tickets.push(repair);
  }
  return [...(difference === undefined ? [] : [{ difference, write }]), ...tickets];
}

/**
 * Whether a streak (a row of failures of one app) should have a ticket. If the streak ended longer ago than
 * RETENTION_DAYS, a purge may have removed its ticket.
 */
const isKept = (streak: Streak | EndedStreak, { now, retention }: LedgerContext): boolean =>
  !('recoveredAt' in streak) || streak.recoveredAt >= addMs(now(), -retention as DurationMs);

async function ticketRepair(
  streak: Streak | EndedStreak,
  ends: readonly CountedEnd[],
  { store, chains, now }: LedgerContext,
): Promise<Repair | undefined> {
  const found = await store.get(streak.ticket);
  if (found !== undefined) {
    const ticket = readable(found, readTicket);
    // A malformed ticket is left alone. A person can repair it, and it may say more than we could write.
    const raised = ticket && raisedTicket(ticket, streak);
    // TypeScript takes a copy for a record of fields, but not the ticket itself.
    return raised && { difference: changeOf(streak.ticket, { ...ticket }, { ...raised }), write: { ...raised } };
  }
  const first = ends.find(({ reloadId }) => reloadId === streak.first);
  if (first === undefined) return undefined;
  const { tenant, appId, error } = first;
  const app = { tenant, appId };
  const links = chains?.links ?? {};
  const about = { chains: chainsOfApp(app, links), waiting: appsBehindFailure(app, links) };
  const ticket = newTicket(streak, { ...app, ...about, ...(error !== undefined && { error }) }, now());
  // `dueAt` says when the sweep (it runs every 5 minutes) asks Qlik for the reload's log. The ends do not say that, so
  // it is no difference.
  return {
    difference: changeOf(streak.ticket, {}, { ...withoutDue(ticket) }),
    write: { ...ticket, schema: 1, type: 'ticket' },
  };
}

/** What differs between the two; undefined if they are equal. */
function differenceOf(id: string, is: object | undefined, shouldBe: object): Difference | undefined {
  const difference = changeOf(id, { ...is }, { ...shouldBe });
  return Object.keys(difference.fields).length === 0 ? undefined : difference;
}

/** Fields that are not compared: they name the document, or they are about work that is going on. */
const SILENT: readonly string[] = ['_id', '_rev', 'schema', 'type', 'tenant', 'appId', 'seen', 'over', 'notices'];

function changeOf(document: string, is: Record<string, unknown>, shouldBe: Record<string, unknown>): Difference {
  const names = [...new Set([...Object.keys(is), ...Object.keys(shouldBe)])].filter((name) => !SILENT.includes(name));
  const different = names.filter((name) => !isDeepStrictEqual(is[name], shouldBe[name]));
  return {
    document,
    fields: Object.fromEntries(
      different.map((name) => [name, { is: is[name] ?? null, shouldBe: shouldBe[name] ?? null }]),
    ),
  };
}

/** The documents that were not written. */
interface Left {
  /** Those that changed since they were read, and were left as they are. */
  readonly changed: readonly string[];
  /** Those that CouchDB refuses because of what is in them: why, by their ids. */
  readonly refused: ReadonlyMap<string, string>;
}

const countOf = ({ changed, refused }: Left): number => changed.length + refused.size;

/**
 * Writes the documents that differ, each by the rev that was read.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED, for example if this user may not write.
 */
async function writeAll(repairs: readonly Repair[], { store }: LedgerContext): Promise<Left> {
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

function summaryOf(apps: number, differences: number, isWriting: boolean, left: Left): string {
  const compared = `${counted(apps, 'app')} compared with events and orders`;
  if (differences === 0) return `${compared}: all is as they say.`;
  if (!isWriting) {
    const words = differences === 1 ? 'differs; --write writes it' : 'differ; --write writes them';
    return `${compared}: ${counted(differences, 'document')} ${words}.`;
  }
  const { changed, refused } = left;
  const parts = [
    `${counted(differences - countOf(left), 'document')} written`,
    ...(changed.length === 0 ? [] : [`${counted(changed.length, 'document')} changed meanwhile`]),
    ...(refused.size === 0 ? [] : [`${counted(refused.size, 'document')} refused`]),
  ];
  return `${compared}: ${parts.join('; ')}.`;
}
