import type { NewDocument, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import type { OrderId, ReloadId } from '../core/names.ts';
import { readOrLog, refusedError } from './bad-document.ts';
import type { OrderDocument } from './documents/order.ts';
import { readStarted, type StartedDocument } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** Which reload an order takes for its own. */
export interface Start {
  readonly order: OrderDocument;
  readonly reloadId: ReloadId;
  /** A 201, or echoed: no guess. */
  readonly isCertain: boolean;
}

/** `started` as the first to know of the reload creates it. */
export const newStarted = ({ order, reloadId, isCertain }: Start): NewDocument => ({
  _id: startedId(order.tenant, reloadId),
  schema: 1,
  type: 'started',
  order: order._id,
  also: [],
  isGuess: !isCertain,
  hops: order.hops,
  root: order.root,
});

/**
 * Notes in `started` that a reload is this order's: who knows takes it from who guessed, and a guess is shared.
 *
 * @returns false if another order surely started it, so that it cannot be this one's.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function noteStarted(
  start: Start,
  store: Pick<PatientStore, 'get' | 'put'>,
  log: Pick<LedgerLog, 'error'>,
): Promise<boolean> {
  let next = newStarted(start);
  const isNoted = await retryOnConflict(async () => {
    const written = await store.put(next);
    if (written.kind === 'stored') return true;
    if (written.kind === 'refused') throw refusedError(next._id, written);
    const found = await store.get(next._id);
    if (found === undefined) return undefined;
    const changed = afterReading(found, start, log);
    if (typeof changed === 'boolean') return changed;
    next = changed;
    return undefined;
  });
  return isNoted ?? false;
}

/** What to write in place of `found`; true if it says already that the reload is this order's, false if it may not. */
function afterReading(found: StoredDocument, start: Start, log: Pick<LedgerLog, 'error'>): NewDocument | boolean {
  const started = readOrLog(found, readStarted, log);
  // Somebody spoilt it: who knows writes it anew, who guesses must not.
  if (started === undefined) return start.isCertain && { ...newStarted(start), _rev: found._rev };
  if (!start.isCertain && !started.isGuess && started.order !== start.order._id) return false;
  return withOrder(started, start) ?? true;
}

/** Undefined if the document says it already. */
function withOrder(
  started: StartedDocument,
  { order: { _id, hops, root }, isCertain }: Start,
): NewDocument | undefined {
  const others = (ids: readonly OrderId[]): readonly OrderId[] => [...new Set(ids)].filter((id) => id !== _id);
  if (isCertain) {
    if (started.order === _id && !started.isGuess) return undefined;
    return { ...started, order: _id, isGuess: false, also: others([...started.also, started.order]), hops, root };
  }
  if (started.order === _id || started.also.includes(_id)) return undefined;
  return { ...started, also: [...started.also, _id] };
}
