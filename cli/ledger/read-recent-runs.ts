/*
 * `cascade runs` lists the newest runs. The ledger (Cascade's memory in CouchDB) may be large, so this file reads only
 * as much of it as is needed.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { beganAt, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { CollectedHistory } from './collected-history.ts';
import { IndexReader } from './index-reader.ts';
import { readDueDocuments } from './read-due-orders.ts';

/** After this many documents an index is not read on: more would be hundreds of megabytes, to print twenty lines. */
const MOST_DOCUMENTS = 50_000;
/**
 * The first page has this many documents for each run that is asked for. Most runs have fewer, so one page is often
 * enough.
 */
const DOCUMENTS_OF_RUN = 5;
/** A smaller page would not be quicker. */
const SMALLEST_PAGE = 100;
/** How many runs are read at the same time. */
const AT_ONCE = 8;
/**
 * How far Qlik's clock and CouchDB's clock may be apart. The ends of reloads are by Qlik's clock, and the creations of
 * orders by CouchDB's.
 */
const SLACK = minutes(15);
const BEGINNING = 0 as EpochMs;

/** The newest runs of a ledger. */
export interface RecentRuns {
  /** Whole runs, the newest first. */
  readonly runs: readonly Run[];
  /** How many other runs were seen, and are left out. */
  readonly leftOut: number;
  /** True if the ledger has no other runs than `runs` and the counted `leftOut`. */
  readonly isAll: boolean;
  /** Sentences about what was left out. */
  readonly missing: readonly string[];
}

/** Which runs are read. */
export interface RecentRunsRequest {
  /** How many runs are returned at most. */
  readonly limit: number;
  /** A run is left out if nothing has happened in it since this time. */
  readonly oldest: EpochMs;
  /** After how many documents an index is not read on; default 50,000. */
  readonly most?: number;
}

/**
 * Reads the newest runs. A run is its *root* and everything that follows from it: orders (reloads that Cascade owes or
 * has started), and the ends of their reloads. The root is a first event (the end of a reload), or an order by hand.
 *
 * It reads events and orders from the latest back. It stops when it has read the beginnings of enough runs, everything
 * since `oldest`, or `most` documents by an index. If a run began earlier, the rest of the run is read by its root.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED, for example if an index is missing.
 */
export async function readRecentRuns(
  store: CouchPort,
  { limit, oldest, most = MOST_DOCUMENTS }: RecentRunsRequest,
): Promise<RecentRuns> {
  const history = new CollectedHistory(store);
  const { whole, isAll, isCut } = await readBack(store, history, { limit, oldest, most });
  if (!isAll) {
    // An order that was created before `oldest` may have been started after `oldest`. If it has not ended, it has a
    // `dueAt`, because it still needs work.
    if (oldest > BEGINNING) history.add((await readDueDocuments(store)).documents);
    await history.addOwnersAndRoots();
    // These runs have documents, but their first event or order was not read.
    const rootless = history.runs().filter(({ root }) => !history.has(root));
    await completeRuns(history, rootless);
  }
  const all = history.runs();
  const asked = all.filter((run) => summariseRun(run).lastAt >= oldest).slice(0, limit);
  if (!isAll) {
    const begunBefore = asked.filter((run) => beganAt(run) < whole);
    await completeRuns(history, begunBefore);
  }
  const roots = new Set(asked.map(({ root }) => root));
  return {
    runs: history.runs().filter(({ root }) => roots.has(root)),
    leftOut: all.length - asked.length,
    isAll,
    missing: [...history.missing(), ...(isCut ? [cutText(most)] : [])],
  };
}

/** How far the events and orders were read back. */
interface ReadBack {
  /** Each run that began after this time was read whole. */
  readonly whole: EpochMs;
  readonly isAll: boolean;
  /** True if reading stopped because of the limit `most`. */
  readonly isCut: boolean;
}

/** Reads events by their ends, and orders by their creation, from the latest back, until enough is read. */
async function readBack(
  store: CouchPort,
  history: CollectedHistory,
  { limit, oldest, most }: Required<RecentRunsRequest>,
): Promise<ReadBack> {
  const firstPage = Math.max(SMALLEST_PAGE, DOCUMENTS_OF_RUN * limit);
  const ends = new IndexReader(store, 'endedAt', firstPage);
  const creations = new IndexReader(store, 'createdAt', firstPage);
  for (;;) {
    history.add(await ends.nextPage());
    // The orders are read as far back as the ends, so that a run that began in this time has all its documents.
    const since = addMs(ends.reached, -SLACK as DurationMs);
    while (!creations.isAtEnd && creations.reached > since && creations.count < most)
      history.add(await creations.nextPage());
    await history.addOwnersAndRoots();
    const whole = addMs(Math.max(ends.reached, creations.reached) as EpochMs, SLACK);
    const begun = history.runs().filter((run) => history.has(run.root) && beganAt(run) >= whole);
    const isAll = ends.isAtEnd && creations.isAtEnd;
    const isCut = !isAll && (ends.count >= most || creations.count >= most);
    if (isAll || isCut || begun.length >= limit || whole <= oldest) return { whole, isAll, isCut };
  }
}

/** Reads the rest of runs by their roots. */
async function completeRuns(history: CollectedHistory, runs: readonly Run[]): Promise<void> {
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    await whenAllSettled(runs.slice(from, from + AT_ONCE).map(({ root }) => history.addRun(root)));
  }
}

const cutText = (most: number): string =>
  `More than ${most} events or orders would have to be read: only the latest were, so that some runs are missing.`;
