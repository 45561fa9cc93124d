import type { ListAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { findOwnReload, isEchoing, isSince, type Sent } from '../../src/core/find-own-reload.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { isReloadId } from '../../src/core/webhook/event-fields.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { type Attempt, callTimeout } from './attempt.ts';
import { rememberEcho } from './learn-echo.ts';
import { type DoubtList, listDoubt, NO_TIME } from './list-doubt.ts';

/** Whether Qlik shows a reload that an order's POST in doubt has started. */
export type Look =
  | { readonly kind: 'own'; readonly reload: ReloadRecord; readonly isCertain: boolean }
  | { readonly kind: 'absent' }
  /** It may have ended, and so many others after it that Qlik shows it no more: no later list can tell either. */
  | { readonly kind: 'forgotten'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** The app's newest reloads, within the run's time. */
export async function listApp({ appId }: OrderDocument, attempt: Attempt): Promise<ListAnswer> {
  const timeout = callTimeout(attempt);
  return timeout === undefined ? NO_TIME : attempt.qlik.listReloads(appId, timeout);
}

/**
 * Looks for the reload of an order in doubt: certain where Qlik echoes our `resourceId`, else a guess by type, user, time
 * and what `started` remembers of other orders.
 */
export async function lookForOwn(order: OrderDocument, doubt: Doubt, attempt: Attempt): Promise<Look> {
  const sentOf = ({ since }: DoubtList): Sent => ({
    resourceId: resourceIdOf(order._id, order.try),
    partial: order.body.partial === true,
    since,
  });
  const isEnough = (page: DoubtList): boolean =>
    page.reloads.some(({ resourceId }) => resourceId === sentOf(page).resourceId) || reachesBack(page, page.since);
  const listed = await listDoubt(order, doubt, isEnough, attempt);
  if (listed.kind === 'unavailable') return listed;
  const echoes = attempt.echoes === true || isEchoing(listed.reloads);
  if (echoes && attempt.echoes !== true) await rememberEcho(order.tenant, true, attempt);
  const found = findOwnReload(listed.reloads, sentOf(listed));
  if (found.kind === 'echoed') return ownOf(found.reload, true);
  // Where our id comes back, a reload without it is not ours, whatever else fits.
  const isAbsent = echoes || found.reloads.length === 0;
  const look: Look = isAbsent ? { kind: 'absent' } : await guess(order, found.reloads, listed, attempt);
  return look.kind === 'absent' ? absenceIn(listed, doubt) : look;
}

/** No fewer ends of an app than these are taken to be shown (ten are documented for an app's reload metadata, fact q-unknown-14). */
const LEAST_KEPT = 10;

/** What it means that a list does not show ours: nothing, where so many have ended since that it may show it no more. */
function absenceIn(list: DoubtList, { since, absentAt = since }: Doubt): Look {
  if (list.reloads.filter(hasEnded).length < LEAST_KEPT) return { kind: 'absent' };
  if (list.since === undefined) return { kind: 'unavailable', message: CANNOT_TELL };
  const notBefore = addMs(list.since, (absentAt - since) as DurationMs);
  return reachesBack(list, notBefore) ? { kind: 'absent' } : { kind: 'forgotten', message: FORGOTTEN };
}

/**
 * Whether a reload that was created before, by Qlik's clock, is shown though it has ended. An active one proves nothing: those
 * are shown however old they are; nor does a record that does not tell when it was created.
 */
const reachesBack = ({ reloads }: DoubtList, since: EpochMs | undefined): boolean =>
  reloads.some((each) => hasEnded(each) && Number.isFinite(each.createdAt) && !isSince(each, { since }));

const hasEnded = ({ endedAt }: ReloadRecord): boolean => endedAt !== undefined;

async function guess(
  order: OrderDocument,
  reloads: readonly ReloadRecord[],
  { since }: DoubtList,
  attempt: Attempt,
): Promise<Look> {
  const timeout = callTimeout(attempt);
  const userId = timeout === undefined ? undefined : await attempt.qlik.ownUserId(timeout);
  if (userId === undefined || since === undefined) return { kind: 'unavailable', message: CANNOT_TELL };
  // The oldest first: ours is the first that began after the claim.
  const ofUs = reloads.filter((reload) => reload.userId === userId).sort((a, b) => a.createdAt - b.createdAt);
  const ids = ofUs.map(({ id }) => startedId(order.tenant, id));
  const documents = await attempt.patientStore.many(ids);
  const notBefore = ofUs.length === 0 ? 0 : await endOfCauses(order, attempt);
  if (notBefore === undefined) return { kind: 'unavailable', message: CAUSE_UNKNOWN };
  const notes = documents.map((found) => readOrLog(found, readStarted, attempt.log));
  const spoilt = documents.find((found, index) => found !== undefined && notes[index] === undefined);
  if (spoilt !== undefined) return { kind: 'unavailable', message: spoiltText(spoilt._id) };
  const ranked = ofUs
    .map((reload, index) => ({ reload, rank: rankOf(order, notes[index]) }))
    .filter(({ reload, rank }) => rank !== undefined && (rank === SURELY_MINE || reload.createdAt >= notBefore))
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const best = ranked[0];
  if (best === undefined) return { kind: 'absent' };
  const isCertain = best.rank === SURELY_MINE;
  if (!isCertain && attempt.echoes === undefined) return { kind: 'unavailable', message: ECHO_UNKNOWN };
  return ownOf(best.reload, isCertain);
}

/** A reload whose id is none cannot be taken, and is no sign that there is none. */
const ownOf = (reload: ReloadRecord, isCertain: boolean): Look =>
  isReloadId(reload.id) ? { kind: 'own', reload, isCertain } : { kind: 'unavailable', message: NO_ID };

const SURELY_MINE = 0;

/** Mine before nobody's before somebody's guess; undefined if it surely is another order's, even if I guessed it, too. */
function rankOf({ _id }: OrderDocument, started: StartedDocument | undefined): number | undefined {
  if (started === undefined) return 2;
  const { order, also, isGuess } = started;
  if (order === _id) return isGuess ? 1 : SURELY_MINE;
  if (!isGuess) return undefined;
  return also.includes(_id) ? 1 : 3;
}

const FORGOTTEN =
  'Qlik’s list of the app does not reach back any more to when it was sent. Look in the app whether it was reloaded then; if not, reload it';
const spoiltText = (id: string): string =>
  `it has a reload that may be ours, and the document ${id}, which tells whose it is, cannot be read: repair or delete it`;
const NO_ID = 'the list shows it, but with an id that is none';
const CAUSE_UNKNOWN = 'it has a reload that may be ours, but the tenant does not tell when its cause ended';
const ECHO_UNKNOWN =
  'it has a reload that may be ours, but no reload that surely is ours has told yet whether the tenant gives our ids back. The next start that Qlik answers tells it';
const CANNOT_TELL = 'it has a reload that may be ours, but the tenant does not tell our user or its clock';

/**
 * When the last of the order's causes ended, by the clock that also tells when reloads were created: it needs no
 * conversion, so it is sharper than the doubt's beginning. Else two orders whose causes ended within seconds could share
 * a reload that began between them. A webhook's own time is no such clock: it may be later than the end.
 *
 * @returns undefined if Qlik does not answer; no bound for causes that this tenant does not know, or does not show.
 */
export async function endOfCauses({ causes, createdAt }: OrderDocument, attempt: Attempt): Promise<number | undefined> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const cause of causes.filter(isReloadHere)) {
    const timeout = callTimeout(attempt);
    const found = timeout === undefined ? undefined : await attempt.qlik.getReload(cause as ReloadId, timeout);
    if (found === undefined || found.kind === 'unavailable') return undefined;
    // Qlik may show the cause late, too.
    if (found.kind === 'absent' && attempt.clock() < createdAt + attempt.times.grace) return undefined;
    if (found.kind === 'found') latest = Math.max(latest, found.reload.endedAt ?? latest);
  }
  return latest;
}

/** By hand, replayed, of another tenant, of the webhook's oldest form: what is before the dot says which. Qlik's have none. */
const isReloadHere = (cause: string): boolean => !cause.includes('.');
