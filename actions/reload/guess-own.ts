/*
 * An order is a reload that Cascade owes. It is in doubt if nobody knows whether Qlik started its reload. Another POST
 * could then start the app twice. Some tenants show in a reload's record for which order we asked for it. In the other
 * tenants Cascade has to guess which reload is the order's. This file guesses.
 *
 * The ledger's document `started` of a reload says which orders have taken the reload for their own.
 */

import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { callTimeout, type OrderWork } from './order-work.ts';

/** Which reload an order in doubt takes for its own. */
export type Guess =
  /** The order takes this reload. It is certain only if a `started` document says so. */
  | { readonly kind: 'guessed'; readonly reload: ReloadRecord; readonly isCertain: boolean }
  /** None of the reloads can be the order's. */
  | { readonly kind: 'none' }
  /** One of the reloads may be the order's, but we lack a fact to decide it. */
  | { readonly kind: 'undecided'; readonly message: string };

const undecided = (message: string): Guess => ({ kind: 'undecided', message });

/**
 * Guesses which reload Qlik started for an order in doubt.
 *
 * A reload may be the order's if our user started it, and if it was not created before the order's causes had ended.
 * Several orders may be in doubt at once and see the same reloads, so an order prefers reloads that no other order has
 * taken (`rankOf`).
 *
 * @param candidates - reloads whose records name no order, and whose type, `partial` and time fit.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function guessOwn(
  order: OrderDocument,
  candidates: readonly ReloadRecord[],
  work: OrderWork,
): Promise<Guess> {
  const timeout = callTimeout(work);
  const userId = timeout === undefined ? undefined : await work.qlik.ownUserId(timeout);
  if (userId === undefined) return undecided(USER_UNKNOWN);
  // `ends` has the reloads of the order's earlier attempts, so these are left out. The rest is sorted, the oldest
  // first: of several reloads with the same rank the order takes the oldest.
  const ofOurUser = candidates
    .filter((reload) => reload.userId === userId && !order.ends.includes(reload.id))
    .sort((a, b) => a.createdAt - b.createdAt);
  if (ofOurUser.length === 0) return { kind: 'none' };
  const documents = await work.patientStore.many(ofOurUser.map(({ id }) => startedId(order.tenant, id)));
  const causesEndedAt = await endOfCauses(order, work);
  if (causesEndedAt === undefined) return undecided(CAUSE_UNKNOWN);
  const started = documents.map((found) => readOrLog(found, readStarted, work.log));
  const spoilt = documents.find((found, index) => found !== undefined && started[index] === undefined);
  if (spoilt !== undefined) return undecided(spoiltText(spoilt._id));
  const ranked = ofOurUser.flatMap((reload, index) => {
    const rank = rankOf(order, started[index]);
    // A reload that is certainly ours needs no other proof.
    const isPossible = rank === CERTAIN || reload.createdAt >= causesEndedAt;
    return rank !== undefined && isPossible ? [{ reload, rank }] : [];
  });
  const [best] = ranked.sort((a, b) => a.rank - b.rank);
  if (best === undefined) return { kind: 'none' };
  const isCertain = best.rank === CERTAIN;
  // Nobody knows yet whether this tenant shows our `resourceId` in its records. If it does, this reload is not ours,
  // because its record has no `resourceId`.
  if (!isCertain && work.echoes === undefined) return undecided(ECHO_UNKNOWN);
  return { kind: 'guessed', reload: best.reload, isCertain };
}

/** The rank of a reload that is certainly the order's. */
const CERTAIN = 0;

/**
 * How good a guess a reload is for this order. The lowest rank wins:
 *
 * - 0: the reload is certainly this order's.
 * - 1: this order has taken the reload, by a guess.
 * - 2: no order has taken the reload.
 * - 3: only other orders have taken the reload, each by a guess.
 *
 * @param started - the reload's document `started`; undefined if the reload has none.
 * @returns undefined if the reload is certainly another order's, or belongs to another attempt of this order.
 */
function rankOf({ _id, try: presentTry }: OrderDocument, started: StartedDocument | undefined): number | undefined {
  if (started === undefined) return 2;
  if (started.order === _id && (started.try ?? presentTry) !== presentTry) return undefined;
  const { order, also, isGuess } = started;
  if (order === _id) return isGuess ? 1 : CERTAIN;
  if (!isGuess) return undefined;
  return also.includes(_id) ? 1 : 3;
}

/**
 * When the last of the order's causes ended, by Qlik's clock. A cause is a reload whose end called for this order, so
 * no reload of this order began earlier.
 *
 * The beginning of the doubt would be less exact. It is a time of CouchDB's clock, so it may be seconds off. Suppose
 * the causes of two orders ended seconds apart, and a reload began in between. This reload can only be the first
 * order's, but the second order could take it too. The time in a webhook is not exact enough either: it may be later
 * than the end.
 *
 * @returns undefined if Qlik does not answer, if it does not show a new cause yet, or if no time is left. -Infinity if
 *   Qlik shows the end of none of the causes: then no reload is too early.
 */
async function endOfCauses({ causes, createdAt }: OrderDocument, work: OrderWork): Promise<number | undefined> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const cause of causes.filter(isReloadHere)) {
    const timeout = callTimeout(work);
    const found = timeout === undefined ? undefined : await work.qlik.getReload(cause as ReloadId, timeout);
    if (found === undefined || found.kind === 'unavailable') return undefined;
    // Qlik may show a new reload late. If the order is new, so is its cause. Then the sweep, every 5 minutes, looks
    // again later.
    if (found.kind === 'absent' && work.clock() < createdAt + work.times.grace) return undefined;
    if (found.kind === 'found') latest = Math.max(latest, found.reload.endedAt ?? latest);
  }
  return latest;
}

/**
 * Whether a cause is the id of a reload in the order's own tenant. Qlik's reload ids have no dot. The other causes have
 * a prefix and a dot: an order by hand, a replay, a reload of another tenant, and a webhook that names no reload.
 */
const isReloadHere = (cause: string): boolean => !cause.includes('.');

const spoiltText = (id: string): string =>
  `it has a reload that may be ours, and the document ${id}, which says whose it is, cannot be read: repair or delete it`;
const USER_UNKNOWN = 'it has a reload that may be ours, but the tenant does not say who our user is';
const CAUSE_UNKNOWN = 'it has a reload that may be ours, but the tenant does not say when its cause ended';
const ECHO_UNKNOWN =
  'it has a reload that may be ours, but no reload that surely is ours has shown yet whether the tenant gives our ids back. The next start that Qlik answers shows it';
