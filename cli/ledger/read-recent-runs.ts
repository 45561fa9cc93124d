import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { beganAt, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { CollectedHistory } from './collected-history.ts';
import { IndexReader } from './index-reader.ts';
import { readDueDocuments } from './read-due-orders.ts';

/** A command reads no more documents by one index. More would be hundreds of megabytes, to print twenty lines. */
const MOST_DOCUMENTS = 50_000;
/** More documents than most runs have: the first page has so many for each run that is asked for, and often is enough. */
const DOCUMENTS_OF_RUN = 5;
const SMALLEST_PAGE = 100;
/** So many runs are read at once. */
const AT_ONCE = 8;
/** How far two clocks, Qlik's and the store's, and the ends that were cut by them may be apart. */
const SLACK = minutes(15);
const BEGINNING = 0 as EpochMs;

/** The newest runs of a ledger. */
export interface RecentRuns {
  /** Whole runs, the newest first. */
  readonly runs: readonly Run[];
  /** How many other runs were seen. */
  readonly others: number;
  /** True if the ledger has no more than these and the `others`. */
  readonly isAll: boolean;
  /** Sentences about what was left out. */
  readonly missing: readonly string[];
}

/** Which runs are read. */
export interface RecentRunsRequest {
  /** How many at most. */
  readonly limit: number;
  /** Runs in which nothing happened since are left out. */
  readonly oldest: EpochMs;
  /** How many documents are read by one index at most, 50,000 by default. */
  readonly most?: number;
}

/**
 * Reads the newest runs: from the latest end back, until enough runs began, or until all that happened since `oldest` is
 * read. So it does not matter how large the ledger is. A run that began before that is read whole, by its root.
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
    // An order that was created long ago may have been started since, and not have ended.
    if (oldest > BEGINNING) history.add((await readDueDocuments(store)).documents);
    await history.addOwnersAndRoots();
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
    others: all.length - asked.length,
    isAll,
    missing: [...history.missing(), ...(isCut ? [cutText(most)] : [])],
  };
}

interface ReadBack {
  /** A run that began since is whole. */
  readonly whole: EpochMs;
  readonly isAll: boolean;
  /** Whether it stopped because it had read the most documents that it may. */
  readonly isCut: boolean;
}

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

async function completeRuns(history: CollectedHistory, runs: readonly Run[]): Promise<void> {
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    await whenAllSettled(runs.slice(from, from + AT_ONCE).map(({ root }) => history.addRun(root)));
  }
}

const cutText = (most: number): string =>
  `More than ${most} events or orders would have to be read: only the latest were, so that some runs are missing.`;
