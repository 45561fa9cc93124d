import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import type { OrderId } from '../core/names.ts';
import { mayMove } from '../core/order-state.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { readOrLog, refusedError, skipBadDocument } from './bad-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { readStarted, type StartedDocument } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import { moveOrder } from './move-order.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** What ending an order needs. */
export interface EndPorts {
  readonly store: Pick<CouchPort, 'now' | 'get' | 'put' | 'many'>;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
}

/**
 * Ends the orders that a reload was for: the one that Qlik echoes or that `started` names, and those that took the same
 * reload for theirs. Doing it again changes nothing; a reload that no order started costs one read.
 *
 * @param holder - an order that names the reload for its own, if neither an echo nor `started` may tell of it.
 * @returns the orders that this call ended.
 * @throws CascadeError STORE_UNAVAILABLE: then the sweep ends what is posted; STORE_REFUSED; DOCUMENT_REFUSED. A document
 *   that somebody spoilt is told in the log, and keeps no other from being ended.
 */
export async function endOrder(event: ReloadFinished, ports: EndPorts, holder?: OrderId): Promise<readonly OrderId[]> {
  const ended: OrderId[] = [];
  for (const owner of await ownersOf(event, ports, holder)) {
    const isEnded = await skipBadDocument(() => endOne(owner, event, ports), ports.log);
    if (isEnded === true) ended.push(owner.document._id as OrderId);
  }
  return ended;
}

/** An order that may be the reload's, and how we know. */
interface Owner {
  readonly document: StoredDocument;
  readonly by: 'echo' | 'started' | 'also' | 'holder';
}

async function ownersOf(
  event: ReloadFinished,
  { store, log }: EndPorts,
  holder: OrderId | undefined,
): Promise<readonly Owner[]> {
  const { orderId } = event;
  const named = orderId === undefined ? [] : [orderId];
  const [found, echoed] = await store.many([startedId(event.tenant, event.reloadId), ...named]);
  // Spoilt, it may tell of orders that nobody else tells of: they are due until the sweep finds their end.
  const started = readOrLog(found, readStarted, log);
  const ways = waysOf(started);
  if (holder !== undefined) ways[holder] ??= 'holder';
  const others = Object.keys(ways).filter((id) => id !== echoed?._id);
  const documents = await store.many(others);
  const owners = documents.flatMap((document): readonly Owner[] =>
    document === undefined ? [] : [{ document, by: ways[document._id] ?? 'also' }],
  );
  return echoed === undefined ? owners : [{ document: echoed, by: 'echo' }, ...owners];
}

/** How `started` names each of its orders. */
function waysOf(started: StartedDocument | undefined): Record<string, Owner['by']> {
  if (started === undefined) return {};
  const also = started.also.map((id) => [id, 'also'] as const);
  return Object.fromEntries([[started.order, 'started'], ...also.filter(([id]) => id !== started.order)]);
}

async function endOne({ document, by }: Owner, event: ReloadFinished, { store, times }: EndPorts): Promise<boolean> {
  let current: StoredDocument | undefined = document;
  const isEnded = await retryOnConflict(async () => {
    const order = current === undefined ? undefined : readOrder(current);
    if (order === undefined || !isEndedBy(order, event, by)) return false;
    const at = store.now() ?? event.endedAt;
    const ended = moveOrder('settling', order, 'ended', { at, times }, endOf(order, event, by));
    const written = await store.put({ ...ended });
    if (written.kind === 'refused') throw refusedError(order._id, written);
    if (written.kind === 'stored') return true;
    current = await store.get(order._id);
    return undefined;
  });
  return isEnded ?? false;
}

/** The end of another reload than the one that an order holds for its own is not its end: a second start, or a wrong guess. */
function isEndedBy(order: OrderDocument, event: ReloadFinished, by: Owner['by']): boolean {
  if (order.tenant !== event.tenant || order.appId !== event.appId) return false;
  if (!mayMove('settling', order.state, 'ended')) return false;
  if (order.reloadId === event.reloadId) return true;
  if (by === 'also' || by === 'holder') return false;
  return order.reloadId === undefined || (by === 'echo' && order.isCertain !== true);
}

const endOf = (order: OrderDocument, event: ReloadFinished, by: Owner['by']) => ({
  outcome: event.outcome,
  endedAt: event.endedAt,
  ends: [...order.ends, event.reloadId],
  reloadId: event.reloadId,
  isCertain: by === 'echo' || order.isCertain === true,
  doubt: undefined,
});
