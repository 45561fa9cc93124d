import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import type { OrderId } from '../core/names.ts';
import { mayMove } from '../core/order-state.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { readOrLog, skipBadDocument } from './bad-document.ts';
import { changeDocument } from './change-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { readStarted } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import { moveOrder } from './move-order.ts';

/** What ending an order needs. */
export interface EndPorts {
  readonly store: Pick<CouchPort, 'now' | 'get' | 'put' | 'many'>;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
}

/**
 * Ends the orders that a reload was for: the order that Qlik echoes, the order that `started` names, and those that share
 * the reload as a guess. A second call changes nothing. For a reload that no order started this is one read.
 *
 * @param holder - an order that holds the reload for its own, if neither an echo nor `started` may name it.
 * @returns the orders that this call ended.
 * @throws CascadeError STORE_UNAVAILABLE: then the sweep ends what is posted; STORE_REFUSED. A bad document is logged, and
 *   the other orders are ended.
 */
export async function endOrder(event: ReloadFinished, ports: EndPorts, holder?: OrderId): Promise<readonly OrderId[]> {
  const ended: OrderId[] = [];
  for (const owner of await ownersOf(event, ports, holder)) {
    if (await skipBadDocument(() => endOne(owner, event, ports), ports.log)) ended.push(owner.document._id as OrderId);
  }
  return ended;
}

/** An order that the reload may be for, and how we know. */
interface Owner {
  readonly document: StoredDocument;
  readonly by: 'echo' | 'started' | 'also' | 'holder';
}

async function ownersOf(
  { tenant, reloadId, orderId }: ReloadFinished,
  { store, log }: EndPorts,
  holder: OrderId | undefined,
): Promise<readonly Owner[]> {
  const [found, echoed] = await store.many([startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])]);
  // A malformed `started` hides its orders. The sweep finds their end: a posted order stays due until then.
  const started = readOrLog(found, readStarted, log);
  // How each order is known, by its id. The first way counts.
  const ways: Record<string, Owner['by']> = started === undefined ? {} : { [started.order]: 'started' };
  for (const id of started?.also ?? []) ways[id] ??= 'also';
  if (holder !== undefined) ways[holder] ??= 'holder';
  if (echoed !== undefined) delete ways[echoed._id];
  const documents = await store.many(Object.keys(ways));
  const owners = Object.values(ways).flatMap((by, index): readonly Owner[] => {
    const document = documents[index];
    return document === undefined ? [] : [{ document, by }];
  });
  return echoed === undefined ? owners : [{ document: echoed, by: 'echo' }, ...owners];
}

const endOne = ({ document, by }: Owner, event: ReloadFinished, { store, times }: EndPorts) =>
  changeDocument(
    document._id,
    store,
    (found) => {
      const order = found && readOrder(found);
      if (order === undefined || !isEndedBy(order, event, by)) return { result: false };
      const at = store.now() ?? event.endedAt;
      return { result: true, write: moveOrder('settling', order, 'ended', { at, times }, endOf(order, event, by)) };
    },
    document,
  );

/** An order that holds another reload for its own goes on: this end is of a second start, or the guess was wrong. */
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
