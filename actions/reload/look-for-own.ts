import type { ListAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { findOwnReload, isEchoing, isSince, tenantClockAt } from '../../src/core/find-own-reload.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { isReloadId } from '../../src/core/webhook/event-fields.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { type Attempt, callTimeout } from './attempt.ts';
import { rememberEcho } from './learn-echo.ts';

/** What Qlik's list says about an order in doubt: we may have sent its POST, and that may have started a reload. */
export type Look =
  | { readonly kind: 'own'; readonly reload: ReloadRecord; readonly isCertain: boolean }
  | { readonly kind: 'absent' }
  /** The list does not reach back to the POST, and no later list will. Our reload may have been in it before. */
  | { readonly kind: 'forgotten'; readonly message: string }
  | Unavailable;

/** The list could not be read, or it does not decide the doubt. */
type Unavailable = { readonly kind: 'unavailable'; readonly message: string };

const unavailable = (message: string): Unavailable => ({ kind: 'unavailable', message });
const NO_TIME = unavailable('the activation had no time left to list the app’s reloads');

/** The app's newest reloads; `unavailable` also if the activation has too little time left. */
export async function listApp({ appId }: OrderDocument, attempt: Attempt): Promise<ListAnswer> {
  const timeout = callTimeout(attempt);
  return timeout === undefined ? NO_TIME : attempt.qlik.listReloads(appId, timeout);
}

/**
 * Looks in Qlik's list for the reload that an order in doubt started.
 *
 * A find is certain if the record has our `resourceId`, or if the reload's `started` document says that it is this order's.
 * In a tenant that does not give our `resourceId` back, any other find is a guess: by type, `partial`, user and time, and by
 * what the `started` documents say about other orders.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function lookForOwn(order: OrderDocument, doubt: Doubt, attempt: Attempt): Promise<Look> {
  const list = await listSince(doubt, order, attempt);
  if ('kind' in list) return list;
  const { reloads, since } = list;
  const echoes = attempt.echoes === true || isEchoing(reloads);
  if (echoes && attempt.echoes !== true) await rememberEcho(order.tenant, true, attempt);
  const found = findOwnReload(reloads, {
    resourceId: resourceIdOf(order._id, order.try),
    partial: order.body.partial === true,
    since,
  });
  if (found.kind === 'echoed') return ownOf(found.reload, true);
  // In a tenant that gives our id back, a reload without it is not ours.
  const isAbsent = echoes || found.reloads.length === 0;
  const look: Look = isAbsent ? { kind: 'absent' } : await guess(order, found.reloads, since, attempt);
  return look.kind === 'absent' ? absenceIn(list, doubt) : look;
}

/** An app's reloads, the latest created first. */
interface DoubtList {
  readonly reloads: readonly ReloadRecord[];
  /** When the doubt began, by Qlik's clock; undefined if Qlik's answers do not say their time. */
  readonly since: EpochMs | undefined;
}

/**
 * Lists an app's reloads until one has our `resourceId`, or the list reaches back to when the doubt began, or it ends.
 *
 * @returns `unavailable` also if a later page fails: our reload may be on it.
 */
async function listSince(
  doubt: Doubt,
  { _id, appId, try: tries }: OrderDocument,
  attempt: Attempt,
): Promise<DoubtList | Unavailable> {
  const reloads: ReloadRecord[] = [];
  let since: EpochMs | undefined;
  let next: string | undefined;
  do {
    const timeout = callTimeout(attempt);
    if (timeout === undefined) return NO_TIME;
    const query = { appId, newestBy: 'creation', ...(next !== undefined && { next }) } as const;
    const page = await attempt.qlik.listEnded(query, timeout);
    if (page.kind !== 'listed') return unavailable(page.message);
    // Only for the first page: Qlik's clock and CouchDB's are then read at the same moment.
    since ??= tenantClockAt(page.tenantNow, (attempt.clock() - doubt.since) as DurationMs);
    reloads.push(...page.reloads);
    next = page.next;
    const hasOurs = page.reloads.some(({ resourceId }) => resourceId === resourceIdOf(_id, tries));
    if (hasOurs || reachesBack(page.reloads, since)) break;
  } while (next !== undefined);
  return { reloads, since };
}

/** Qlik's list shows at least this many ended reloads of an app. Ten are documented for its reload metadata (fact q-unknown-14). */
const LEAST_KEPT = 10;

/** Our reload is not in the list. If Qlik may already have dropped it from the list, that proves nothing. */
function absenceIn({ reloads, since }: DoubtList, doubt: Doubt): Look {
  if (reloads.filter(hasEnded).length < LEAST_KEPT) return { kind: 'absent' };
  if (since === undefined) return unavailable(UNDECIDED);
  // At `absentAt` an earlier list proved that there was no reload. So this list need not reach back further.
  const unprovenSince = addMs(since, ((doubt.absentAt ?? doubt.since) - doubt.since) as DurationMs);
  return reachesBack(reloads, unprovenSince) ? { kind: 'absent' } : { kind: 'forgotten', message: FORGOTTEN };
}

/**
 * Whether the list has an ended reload that was created before `since`, by Qlik's clock. An active reload does not count:
 * Qlik shows those however old they are. A record without its time of creation does not count either.
 */
const reachesBack = (reloads: readonly ReloadRecord[], since: EpochMs | undefined): boolean =>
  reloads.some((each) => hasEnded(each) && Number.isFinite(each.createdAt) && !isSince(each, { since }));

const hasEnded = ({ endedAt }: ReloadRecord): boolean => endedAt !== undefined;

/** Finds the best guess among reloads without a `resourceId`. Certain only if a `started` document proves it ours. */
async function guess(
  order: OrderDocument,
  reloads: readonly ReloadRecord[],
  since: EpochMs | undefined,
  attempt: Attempt,
): Promise<Look> {
  const timeout = callTimeout(attempt);
  const userId = timeout === undefined ? undefined : await attempt.qlik.ownUserId(timeout);
  if (userId === undefined || since === undefined) return unavailable(UNDECIDED);
  // The oldest first: if several have the same rank, the oldest is ours.
  const ofOurUser = reloads
    .filter((reload) => reload.userId === userId && !order.ends.includes(reload.id))
    .sort((a, b) => a.createdAt - b.createdAt);
  const documents = await attempt.patientStore.many(ofOurUser.map(({ id }) => startedId(order.tenant, id)));
  const causesEndedAt = ofOurUser.length === 0 ? 0 : await endOfCauses(order, attempt);
  if (causesEndedAt === undefined) return unavailable(CAUSE_UNKNOWN);
  const started = documents.map((found) => readOrLog(found, readStarted, attempt.log));
  const spoilt = documents.find((found, index) => found !== undefined && started[index] === undefined);
  if (spoilt !== undefined) return unavailable(spoiltText(spoilt._id));
  const [best] = ofOurUser
    .flatMap((reload, index) => {
      const rank = rankOf(order, started[index]);
      const isPossible = rank === CERTAIN || reload.createdAt >= causesEndedAt;
      return rank !== undefined && isPossible ? [{ reload, rank }] : [];
    })
    .sort((a, b) => a.rank - b.rank);
  if (best === undefined) return { kind: 'absent' };
  const isCertain = best.rank === CERTAIN;
  return isCertain || attempt.echoes !== undefined ? ownOf(best.reload, isCertain) : unavailable(ECHO_UNKNOWN);
}

/** A reload with a malformed id may be ours, but we cannot store it. So the order stays in doubt. */
const ownOf = (reload: ReloadRecord, isCertain: boolean): Look =>
  isReloadId(reload.id) ? { kind: 'own', reload, isCertain } : unavailable(NO_ID);

const CERTAIN = 0;

/**
 * Rank: 0 certainly ours, 1 our guess, 2 unclaimed, 3 another order's guess. Undefined: certainly another order's, or of
 * another attempt.
 */
function rankOf({ _id, try: attempt }: OrderDocument, started: StartedDocument | undefined): number | undefined {
  if (started === undefined) return 2;
  if (started.order === _id && (started.try ?? attempt) !== attempt) return undefined;
  const { order, also, isGuess } = started;
  if (order === _id) return isGuess ? 1 : CERTAIN;
  if (!isGuess) return undefined;
  return also.includes(_id) ? 1 : 3;
}

/**
 * When the last of the order's causes ended, by Qlik's records: no reload before that is ours.
 *
 * This is more exact than the beginning of the doubt, which is converted from CouchDB's clock. With that alone, two orders
 * could share a reload: their causes ended within seconds, and the reload began between those ends. A webhook's time would
 * not do either: it may be later than the end.
 *
 * @returns undefined if Qlik does not answer, or may not show a new cause yet; -Infinity if Qlik knows no end of a cause.
 */
async function endOfCauses({ causes, createdAt }: OrderDocument, attempt: Attempt): Promise<number | undefined> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const cause of causes.filter(isReloadHere)) {
    const timeout = callTimeout(attempt);
    const found = timeout === undefined ? undefined : await attempt.qlik.getReload(cause as ReloadId, timeout);
    if (found === undefined || found.kind === 'unavailable') return undefined;
    // Qlik may show a new reload late, and the cause of a new order is new.
    if (found.kind === 'absent' && attempt.clock() < createdAt + attempt.times.grace) return undefined;
    if (found.kind === 'found') latest = Math.max(latest, found.reload.endedAt ?? latest);
  }
  return latest;
}

/**
 * Whether a cause is a reload of the order's own tenant. Qlik's reload ids have no dot. All other causes have a prefix and a
 * dot: by hand, a replay, another tenant, or a webhook in the paper's form.
 */
const isReloadHere = (cause: string): boolean => !cause.includes('.');

const FORGOTTEN =
  'Qlik’s list of the app does not reach back any more to when it was sent. Look in the app whether it was reloaded then; if not, reload it';
const spoiltText = (id: string): string =>
  `it has a reload that may be ours, and the document ${id}, which says whose it is, cannot be read: repair or delete it`;
const NO_ID = 'the list shows it, but with a malformed id';
const CAUSE_UNKNOWN = 'it has a reload that may be ours, but the tenant does not say when its cause ended';
const ECHO_UNKNOWN =
  'it has a reload that may be ours, but no reload that surely is ours has shown yet whether the tenant gives our ids back. The next start that Qlik answers shows it';
const UNDECIDED = 'it has a reload that may be ours, but the tenant does not say who our user is, or has no clock';
