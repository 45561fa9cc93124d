import type { ListAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { findOwnReload, isEchoing, isSince, type Sent } from '../../src/core/find-own-reload.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { isReloadId } from '../../src/core/webhook/is-reload-id.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { readOrTell } from '../../src/ledger/malformed.ts';
import { endOfCauses } from './end-of-causes.ts';
import { rememberEcho } from './learn-echo.ts';
import { type DoubtList, listDoubt, NO_TIME } from './list-doubt.ts';
import { callTimeout, type Run } from './run-of.ts';

/** Whether Qlik shows a reload that an order's POST in doubt has started. */
export type Look =
  | { readonly kind: 'own'; readonly reload: ReloadRecord; readonly isCertain: boolean }
  | { readonly kind: 'absent' }
  /** It may have ended, and so many others after it that Qlik shows it no more: no later list can tell either. */
  | { readonly kind: 'forgotten'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

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
  const sentOf = ({ since }: DoubtList): Sent => ({
    resourceId: resourceIdOf(order._id, order.try),
    partial: order.body.partial === true,
    since,
  });
  const isEnough = (page: DoubtList): boolean =>
    page.reloads.some(({ resourceId }) => resourceId === sentOf(page).resourceId) || reachesBack(page, page.since);
  const listed = await listDoubt(order, doubt, isEnough, run);
  if (listed.kind === 'unavailable') return listed;
  const echoes = run.echoes === true || isEchoing(listed.reloads);
  if (echoes && run.echoes !== true) await rememberEcho(order.tenant, true, run);
  const found = findOwnReload(listed.reloads, sentOf(listed));
  if (found.kind === 'echoed') return ownOf(found.reload, true);
  // Where our id comes back, a reload without it is not ours, whatever else fits.
  const isAbsent = echoes || found.reloads.length === 0;
  const look: Look = isAbsent ? { kind: 'absent' } : await guess(order, found.reloads, listed, run);
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
  run: Run,
): Promise<Look> {
  const timeout = callTimeout(run);
  const userId = timeout === undefined ? undefined : await run.qlik.ownUserId(timeout);
  if (userId === undefined || since === undefined) return { kind: 'unavailable', message: CANNOT_TELL };
  // The oldest first: ours is the first that began after the claim.
  const ofUs = reloads.filter((reload) => reload.userId === userId).sort((a, b) => a.createdAt - b.createdAt);
  const ids = ofUs.map(({ id }) => startedId(order.tenant, id));
  const documents = await run.patientStore.many(ids);
  const notBefore = ofUs.length === 0 ? 0 : await endOfCauses(order, run);
  if (notBefore === undefined) return { kind: 'unavailable', message: CAUSE_UNKNOWN };
  const notes = documents.map((found) => readOrTell(found, readStarted, run.log));
  const spoilt = documents.find((found, index) => found !== undefined && notes[index] === undefined);
  if (spoilt !== undefined) return { kind: 'unavailable', message: spoiltText(spoilt._id) };
  const ranked = ofUs
    .map((reload, index) => ({ reload, rank: rankOf(order, notes[index]) }))
    .filter(({ reload, rank }) => rank !== undefined && (rank === SURELY_MINE || reload.createdAt >= notBefore))
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const best = ranked[0];
  if (best === undefined) return { kind: 'absent' };
  const isCertain = best.rank === SURELY_MINE;
  if (!isCertain && run.echoes === undefined) return { kind: 'unavailable', message: ECHO_UNKNOWN };
  return ownOf(best.reload, isCertain);
}

/** A reload whose id is none cannot be taken, and is no sign that there is none. */
const ownOf = (reload: ReloadRecord, isCertain: boolean): Look =>
  isReloadId(reload.id) ? { kind: 'own', reload, isCertain } : { kind: 'unavailable', message: NO_ID };

const SURELY_MINE = 0;

/** Mine before nobody's before somebody's guess; undefined where it surely is another order's, even if I guessed it, too. */
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
