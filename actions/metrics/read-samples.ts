import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { appOfStateId } from '../../src/core/document-ids.ts';
import { isJsonObject } from '../../src/core/json-fields.ts';
import { BOUNDS_MS } from '../../src/core/metrics/histogram.ts';
import type { AllSamples } from '../../src/core/metrics/open-metrics.ts';
import { ACTIVATION_STATUSES } from '../../src/core/metrics/stat.ts';
import { isFinal, ORDER_STATES } from '../../src/core/order-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { demandStoreNow } from '../../src/ledger/demand-store-now.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readStat, type StatDocument } from '../../src/ledger/documents/stat.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { appSamples } from './app-samples.ts';
import { type AppsPart, isInPart } from './part-asked.ts';

/** The most documents with unfinished work that are counted. If there are more, the log says so. */
const MOST_DUE = 10_000;
/** More documents of one kind than a ledger has, so all of them are read. */
const NO_LIMIT = 1_000_000;
/** The latest instant of a date in JavaScript. With it, work counts however late it is due. */
const EVER = 8_640_000_000_000_000 as EpochMs;

/** The metrics that are not about a single app, without samples (numbers). */
const NO_SAMPLES = {
  cascade_orders: [],
  cascade_oldest_due_seconds: [],
  cascade_notices_waiting: [],
  cascade_action_invocations: [],
  cascade_action_duration_seconds: [],
  cascade_action_init_seconds: [],
} as const;

/**
 * Reads from the ledger (Cascade's memory, a database in CouchDB) what the action `metrics` prints for Prometheus: the
 * documents of apps, alerts and activation counts (`stat:`), and the documents with unfinished work, which have a
 * `dueAt`. If a document of an app or of counts is malformed, the log says so, and its own numbers are missing.
 *
 * @param part - the apps to print. Metrics that are not about a single app are in part 1 only.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readSamples(
  store: Pick<CouchPort, 'due' | 'range' | 'now'>,
  part: AppsPart,
  log: Pick<LedgerLog, 'error' | 'warn'>,
): Promise<AllSamples> {
  const apps = await store.range('app:', { limit: NO_LIMIT });
  const states = apps.flatMap((document) => readOrLog(document, readAppState, log) ?? []);
  const ofApps = appSamples(states.filter(({ _id }) => isInPart(appOfStateId(_id).appId, part)));
  if (part.part > 1) return { ...ofApps, ...NO_SAMPLES };
  // These reads come one after another, because each learns from the answers before how large its pages may be.
  const due = await store.due({ from: 0 as EpochMs, until: EVER, limit: MOST_DUE, isBrief: true });
  if (due.isFull) log.warn(`More than ${MOST_DUE} documents are due: the others are not counted`);
  const stats = await store.range('stat:', { limit: NO_LIMIT });
  const alerts = await store.range('alert:', { limit: NO_LIMIT });
  const now = demandStoreNow(store);
  return {
    ...ofApps,
    ...dueSamples(due.documents, now),
    cascade_notices_waiting: [
      {
        labels: [],
        value: [...apps, ...alerts].map(noticesOwedIn).reduce((a, b) => a + b, due.documents.filter(isQuestion).length),
      },
    ],
    ...statSamples(stats.flatMap((document) => readOrLog(document, readStat, log) ?? [])),
  };
}

/** The metrics about unfinished work. The list is sorted, so the first document has been due longest. */
function dueSamples(
  due: readonly StoredDocument[],
  now: EpochMs,
): Pick<AllSamples, 'cascade_orders' | 'cascade_oldest_due_seconds'> {
  const orders = due.filter(({ _id }) => _id.startsWith('order:'));
  const [first] = due;
  // Work that is due only later is not overdue.
  const oldest = first === undefined ? now : Math.min(now, Number(first.dueAt));
  return {
    cascade_orders: ORDER_STATES.filter((state) => !isFinal(state)).map((state) => ({
      labels: [state],
      value: orders.filter((order) => order['state'] === state).length,
    })),
    cascade_oldest_due_seconds: [{ labels: [], value: (now - oldest) / 1_000 }],
  };
}

/**
 * How many notices (messages to people) of a document wait, because a channel, such as Slack, has not taken them. An
 * alert about which the action `notifier` has not decided yet who hears of it counts as one more.
 */
function noticesOwedIn({ notices, unroutedSince }: StoredDocument): number {
  const isOwed = (notice: unknown): boolean =>
    isJsonObject(notice) && Array.isArray(notice['to']) && notice['to'].length > 0;
  const unrouted = unroutedSince === undefined ? 0 : 1;
  return unrouted + (Array.isArray(notices) ? notices.filter(isOwed).length : 0);
}

/** A question's document has one notice at most, and is due only as long as a channel has not taken that. */
const isQuestion = ({ _id }: StoredDocument): boolean => _id.startsWith('ticket:question:');

const statSamples = (
  stats: readonly StatDocument[],
): Pick<
  AllSamples,
  'cascade_action_invocations' | 'cascade_action_duration_seconds' | 'cascade_action_init_seconds'
> => ({
  cascade_action_invocations: stats.flatMap(({ action, invocations }) =>
    ACTIVATION_STATUSES.map((status) => ({ labels: [action, status], value: invocations[status] })),
  ),
  cascade_action_duration_seconds: stats.map(({ action, duration }) => ({
    ...duration,
    labels: [action],
    bounds: BOUNDS_MS.duration,
  })),
  cascade_action_init_seconds: stats.map(({ action, init }) => ({ ...init, labels: [action], bounds: BOUNDS_MS.init })),
});
