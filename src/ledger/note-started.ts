import type { CouchPort, NewDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import type { OrderId, ReloadId } from '../core/names.ts';
import type { OrderDocument } from './documents/order.ts';
import { readStarted, type StartedDocument } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import { readOrTell, refusedError } from './malformed.ts';
import { type Patience, tryOn } from './try-on.ts';

/** Which reload an order takes for its own. */
export interface Start {
  readonly order: OrderDocument;
  readonly reloadId: ReloadId;
  /** A 201, or echoed: no guess. */
  readonly isCertain: boolean;
}

/** More orders than this never take one reload for theirs. */
const MOST_TRIES = 20;

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
 * @returns false where another order surely started it, so that it cannot be this one's.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function noteStarted(
  start: Start,
  store: Pick<CouchPort, 'get' | 'put'>,
  patience: Patience & { readonly log: Pick<LedgerLog, 'error'> },
): Promise<boolean> {
  const { _id } = newStarted(start);
  let next: NewDocument | undefined = newStarted(start);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const document: NewDocument = next;
    const { value: written } = await tryOn(() => store.put(document), patience);
    if (written.kind === 'stored') return true;
    if (written.kind === 'refused') throw refusedError(_id, written);
    const { value: found } = await tryOn(() => store.get(_id), patience);
    if (found === undefined) continue;
    const started = readOrTell(found, readStarted, patience.log);
    // Somebody spoilt it: who knows writes it anew, who guesses must not.
    if (started === undefined && !start.isCertain) return false;
    if (started === undefined) {
      next = { ...newStarted(start), _rev: found._rev };
      continue;
    }
    if (!start.isCertain && !started.isGuess && started.order !== start.order._id) return false;
    next = withOrder(started, start);
    if (next === undefined) return true;
  }
  return false;
}

/** Undefined where the document says it already. */
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
