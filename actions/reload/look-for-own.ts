import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { ListAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { eventId, startedId } from '../../src/core/document-ids.ts';
import { findOwnReload } from '../../src/core/find-own-reload.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order-document.ts';
import type { StartedDocument } from '../../src/ledger/documents/started-document.ts';
import { readStarted } from '../../src/ledger/read-started.ts';
import { tryOn } from '../../src/ledger/try-on.ts';
import { callTimeout, type Run } from './run-of.ts';

/** Whether Qlik shows a reload that an order's POST in doubt has started. */
export type Look =
  | { readonly kind: 'own'; readonly reload: ReloadRecord; readonly isCertain: boolean }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable'; readonly message: string };

type Listed = Extract<ListAnswer, { kind: 'listed' }>;

const NO_TIME: Extract<ListAnswer, { kind: 'unavailable' }> = {
  kind: 'unavailable',
  message: 'the run had no time left to list the app’s reloads',
};

/** The app's newest reloads, within the run's time. */
export async function listApp({ appId }: OrderDocument, run: Run): Promise<ListAnswer> {
  const timeout = callTimeout(run);
  return timeout === undefined ? NO_TIME : run.qlik.listReloads(appId, timeout);
}

/**
 * Looks for the reload of an order in doubt: certain where Qlik echoes our `resourceId`, else a guess by type, user, time
 * and what `started` remembers of other orders.
 */
export async function lookForOwn(order: OrderDocument, doubt: Doubt, run: Run): Promise<Look> {
  const listed = await listApp(order, run);
  if (listed.kind === 'unavailable') return listed;
  const found = findOwnReload(listed.reloads, {
    resourceId: resourceIdOf(order._id, order.try),
    partial: order.body.partial === true,
    since: sinceByQlik(doubt, listed, run),
  });
  if (found.kind === 'echoed') return { kind: 'own', reload: found.reload, isCertain: true };
  if (found.reloads.length === 0) return { kind: 'absent' };
  return guess(order, found.reloads, listed, run);
}

/** When the doubt began, by Qlik's clock: both clocks are read at once. */
function sinceByQlik({ since }: Doubt, { tenantNow }: Listed, { clock }: Run): EpochMs | undefined {
  return tenantNow === undefined ? undefined : ((since + (tenantNow - clock())) as EpochMs);
}

async function guess(
  order: OrderDocument,
  reloads: readonly ReloadRecord[],
  { tenantNow }: Listed,
  run: Run,
): Promise<Look> {
  const timeout = callTimeout(run);
  const userId = timeout === undefined ? undefined : await run.qlik.ownUserId(timeout);
  if (userId === undefined || tenantNow === undefined) return { kind: 'unavailable', message: CANNOT_TELL };
  // The oldest first: ours is the first that began after the claim.
  const ofUs = reloads.filter((reload) => reload.userId === userId).sort((a, b) => a.createdAt - b.createdAt);
  const ids = ofUs.map(({ id }) => startedId(order.tenant, id));
  const causes = order.causes.map((cause) => eventId(order.tenant, cause as ReloadId));
  const { value: documents } = await tryOn(() => run.store.many([...ids, ...causes]), run);
  const notBefore = endOfCauses(order, documents.slice(ids.length), (tenantNow - run.clock()) as DurationMs);
  const ranked = ofUs
    .map((reload, index) => ({ reload, rank: rankOf(order, documents[index]) }))
    .filter(({ reload, rank }) => rank !== undefined && (rank === SURELY_MINE || reload.createdAt >= notBefore))
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const best = ranked[0];
  return best === undefined
    ? { kind: 'absent' }
    : { kind: 'own', reload: best.reload, isCertain: best.rank === SURELY_MINE };
}

/** Two clocks told in whole seconds differ by less. */
const CUT_MS = 2_000;

/**
 * When the order's causes ended, by Qlik's own clock: it needs no conversion, so it is sharper than the doubt's beginning,
 * and a reload that two orders could guess is only shared by those whose causes it can be for.
 *
 * A time after the order's own creation is not Qlik's (an event without one has the receiver's): it says nothing.
 */
function endOfCauses(
  { createdAt }: OrderDocument,
  events: readonly (StoredDocument | undefined)[],
  qlikAheadMs: DurationMs,
): number {
  const latest = createdAt + qlikAheadMs + CUT_MS;
  const ends = events.map((event) => event?.['endedAt']).filter((end) => typeof end === 'number' && end <= latest);
  return Math.max(Number.NEGATIVE_INFINITY, ...ends.map(Number));
}

const SURELY_MINE = 0;

/** Mine before nobody's before somebody's guess; undefined where it surely is another order's. */
function rankOf({ _id }: OrderDocument, found: StoredDocument | undefined): number | undefined {
  if (found === undefined) return 2;
  const { order, also, isGuess }: StartedDocument = readStarted(found);
  if (order === _id) return isGuess ? 1 : SURELY_MINE;
  if (also.includes(_id)) return 1;
  return isGuess ? 3 : undefined;
}

const CANNOT_TELL = 'it has a reload that may be ours, but the tenant does not tell our user or its clock';
