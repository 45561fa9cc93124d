/*
 * An order is a reload that Cascade owes. It is in doubt if nobody knows whether Qlik started its reload. Another POST
 * could then start the app twice. So this file first looks for the reload in Qlik's list.
 *
 * We send a `resourceId` with each POST: the order's id and the number of the attempt. A tenant echoes if it shows the
 * `resourceId` in the reload's record. Then only a reload with our `resourceId` is ours. In the other tenants we guess.
 */

import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { findOwnReload, isEchoing, isSince, tenantClockAt } from '../../src/core/find-own-reload.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { isReloadId } from '../../src/core/webhook/event-fields.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { guessOwn } from './guess-own.ts';
import { rememberEcho } from './learn-echo.ts';
import { callTimeout, type OrderWork } from './order-work.ts';

/** What Qlik's list of reloads says about an order in doubt. */
export type Look =
  /** Qlik started this reload for the order: certainly, or as far as we can guess. */
  | { readonly kind: 'own'; readonly reload: ReloadRecord; readonly isCertain: boolean }
  /**
   * The list shows no reload of the order, though it is whole or reaches back far enough. Qlik may show a new reload
   * late, so this proves that Qlik started none only if the last POST was sent at least the grace (60 s) ago.
   */
  | { readonly kind: 'absent' }
  /**
   * The list shows no reload of the order, but it no longer reaches back far enough to prove anything. Later lists will
   * not either.
   */
  | { readonly kind: 'forgotten'; readonly message: string }
  | Unavailable;

/** The list could not be read, or it does not settle the doubt. A later list may settle it. */
type Unavailable = { readonly kind: 'unavailable'; readonly message: string };

const unavailable = (message: string): Unavailable => ({ kind: 'unavailable', message });

/**
 * Looks for the reload of an order in doubt in Qlik's list.
 *
 * @param doubt - since when the order is in doubt.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function lookForOwn(order: OrderDocument, doubt: Doubt, work: OrderWork): Promise<Look> {
  const list = await listSince(doubt, order, work);
  if ('kind' in list) return list;
  const { reloads, since, until } = list;
  const echoes = work.echoes === true || isEchoing(reloads);
  if (echoes && work.echoes !== true) await rememberEcho(order.tenant, true, work);
  const found = findOwnReload(reloads, {
    resourceId: resourceIdOf(order._id, order.try),
    partial: order.body.partial === true,
    ...{ since, until },
  });
  if (found.kind === 'echoed') return ownOf(found.reload, true);
  if (echoes || found.reloads.length === 0) return absenceIn(list, doubt);
  if (since === undefined) return unavailable(NO_CLOCK);
  const guess = await guessOwn(order, found.reloads, work);
  if (guess.kind === 'undecided') return unavailable(guess.message);
  return guess.kind === 'none' ? absenceIn(list, doubt) : ownOf(guess.reload, guess.isCertain);
}

/**
 * The reload that the order takes. A malformed reload id cannot be stored, so with such an id the order stays in doubt.
 */
const ownOf = (reload: ReloadRecord, isCertain: boolean): Look =>
  isReloadId(reload.id) ? { kind: 'own', reload, isCertain } : unavailable(NO_ID);

/** An app's reloads, the latest created first. */
interface DoubtList {
  readonly reloads: readonly ReloadRecord[];
  /** When the doubt began, by Qlik's clock. Undefined if no answer of Qlik had a `Date`. */
  readonly since: EpochMs | undefined;
  /**
   * The last instant at which Qlik may have accepted our POST, by Qlik's clock. Undefined if no answer of Qlik had a
   * `Date`, or if the doubt does not say when we last sent the POST (in an order of an earlier version).
   */
  readonly until: EpochMs | undefined;
}

/**
 * Lists an app's reloads, page by page. It stops after the page that has our `resourceId`, after the page that reaches
 * back to when the doubt began, or after Qlik's last page.
 *
 * @returns `unavailable` if a page fails, or if no time is left: our reload may be on the page that we did not read.
 */
async function listSince(
  doubt: Doubt,
  { _id, appId, try: tries }: OrderDocument,
  work: OrderWork,
): Promise<DoubtList | Unavailable> {
  const reloads: ReloadRecord[] = [];
  let since: EpochMs | undefined;
  let until: EpochMs | undefined;
  let next: string | undefined;
  do {
    const timeout = callTimeout(work);
    if (timeout === undefined) return unavailable(NO_TIME);
    const askedAt = work.clock();
    const query = { appId, newestBy: 'creation', ...(next !== undefined && { next }) } as const;
    const page = await work.qlik.listEnded(query, timeout);
    if (page.kind !== 'listed') return unavailable(page.message);
    // `doubt.since` is by CouchDB's clock, and the reloads' times are by Qlik's clock. So we convert: Qlik's time now,
    // minus how long ago the doubt began. The first page with a `Date` is enough.
    since ??= tenantClockAt(page.tenantNow, (work.clock() - doubt.since) as DurationMs);
    until ??= lastAcceptedAt(page.tenantNow, askedAt, doubt, work);
    reloads.push(...page.reloads);
    next = page.next;
    const hasOurs = page.reloads.some(({ resourceId }) => resourceId === resourceIdOf(_id, tries));
    if (hasOurs || reachesBack(page.reloads, since)) break;
  } while (next !== undefined);
  return { reloads, since, until };
}

/**
 * The last instant at which Qlik may have accepted our POST, by Qlik's clock: when we last sent the POST, plus the
 * grace (60 s), plus a margin (60 s). The margin is for slow answers of CouchDB, which make CouchDB's clock seem late.
 *
 * @param askedAt - CouchDB's clock just before the list was asked for. If the activation stood still since then, the
 *   result is too late, which does less harm than too early.
 */
function lastAcceptedAt(
  tenantNow: EpochMs | undefined,
  askedAt: EpochMs,
  { sentAt }: Doubt,
  { times }: OrderWork,
): EpochMs | undefined {
  const sent = sentAt === undefined ? undefined : tenantClockAt(tenantNow, (askedAt - sentAt) as DurationMs);
  return sent === undefined ? undefined : addMs(sent, (times.grace + times.margin) as DurationMs);
}

/**
 * We trust that Qlik's list keeps at least this many ended reloads of an app. How many it really keeps is not
 * documented. Ten are documented for the reload metadata of an app (fact q-unknown-14).
 */
const LEAST_KEPT = 10;

/**
 * Decides what follows if the list shows no reload of ours: Qlik started none, or Qlik may have dropped it from the
 * list.
 */
function absenceIn({ reloads, since }: DoubtList, doubt: Doubt): Look {
  // A list with fewer ended reloads than that is whole: Qlik has dropped nothing from it.
  if (reloads.filter(hasEnded).length < LEAST_KEPT) return { kind: 'absent' };
  if (since === undefined) return unavailable(NO_CLOCK);
  // At `absentAt` an earlier list proved that Qlik had started nothing until then. So this list has to reach back to
  // `absentAt` only, not to the beginning of the doubt.
  const unprovenSince = addMs(since, ((doubt.absentAt ?? doubt.since) - doubt.since) as DurationMs);
  return reachesBack(reloads, unprovenSince) ? { kind: 'absent' } : { kind: 'forgotten', message: FORGOTTEN };
}

/**
 * Whether the list has an ended reload that was created before `since`, by Qlik's clock. If so, the list has every
 * reload since then, because Qlik drops the oldest first. A reload that still runs proves nothing, because Qlik shows
 * it however old it is.
 */
const reachesBack = (reloads: readonly ReloadRecord[], since: EpochMs | undefined): boolean =>
  reloads.some((each) => hasEnded(each) && Number.isFinite(each.createdAt) && !isSince(each, { since }));

const hasEnded = ({ endedAt }: ReloadRecord): boolean => endedAt !== undefined;

const NO_TIME = 'the activation had no time left to list the app’s reloads';
const NO_ID = 'the list shows it, but with a malformed id';
const NO_CLOCK = 'the tenant has no clock, so nobody knows which of its reloads began after the order was sent';
const FORGOTTEN =
  'Qlik’s list of the app does not reach back any more to when it was sent. Look in the app whether it was reloaded then; if not, reload it';
