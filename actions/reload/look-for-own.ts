import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { ListAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { findOwnReload } from '../../src/core/find-own-reload.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { EpochMs } from '../../src/core/units.ts';
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
  const { value: documents } = await tryOn(() => run.store.many(ids), run);
  const notBefore = ofUs.length === 0 ? 0 : await endOfCauses(order, run);
  if (notBefore === undefined) return { kind: 'unavailable', message: CAUSE_UNKNOWN };
  const ranked = ofUs
    .map((reload, index) => ({ reload, rank: rankOf(order, documents[index]) }))
    .filter(({ reload, rank }) => rank !== undefined && (rank === SURELY_MINE || reload.createdAt >= notBefore))
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const best = ranked[0];
  return best === undefined
    ? { kind: 'absent' }
    : { kind: 'own', reload: best.reload, isCertain: best.rank === SURELY_MINE };
}

/**
 * When the last of the order's causes ended, by the clock that also tells when reloads were created: it needs no
 * conversion, so it is sharper than the doubt's beginning. Else two orders whose causes ended within seconds could share
 * a reload that began between them. A webhook's own time is no such clock: it may be later than the end.
 *
 * @returns undefined where Qlik does not answer; no bound for causes that this tenant does not know.
 */
async function endOfCauses({ causes, createdAt }: OrderDocument, run: Run): Promise<number | undefined> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const cause of causes) {
    const timeout = callTimeout(run);
    const found = timeout === undefined ? undefined : await run.qlik.getReload(cause as ReloadId, timeout);
    if (found === undefined || found.kind === 'unavailable') return undefined;
    // Qlik may show the cause late, too.
    if (found.kind === 'absent' && run.clock() < createdAt + run.times.grace) return undefined;
    if (found.kind === 'found') latest = Math.max(latest, found.reload.endedAt ?? latest);
  }
  return latest;
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

const CAUSE_UNKNOWN = 'it has a reload that may be ours, but the tenant does not tell when its cause ended';
const CANNOT_TELL = 'it has a reload that may be ours, but the tenant does not tell our user or its clock';
