import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { appKey } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { readable } from './read-documents.ts';

/** What the ledger knows about the owner of a reload that ended: the order for which Cascade started it. */
export interface EndOwner {
  /** The owner: the order that Qlik's event names, else the order that `started` names. */
  readonly order: OrderDocument | undefined;
  /** The order that Qlik's event names. */
  readonly echoed: OrderDocument | undefined;
  /** What Cascade stored when Qlik accepted the reload. */
  readonly started: StartedDocument | undefined;
}

/** Finds the owner of a reload that ended, as the resolver does. @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED. */
export async function endOwner(store: Pick<CouchPort, 'many'>, event: ReloadFinished): Promise<EndOwner> {
  const { tenant, reloadId, orderId } = event;
  const ids = [startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])];
  const [remembered, named] = await store.many(ids);
  const started = readable(remembered, readStarted);
  const echoed = readable(named, readOrder);
  const [other] = echoed === undefined && started !== undefined ? await store.many([started.order]) : [];
  const order = echoed ?? readable(other, readOrder);
  return { order: order && appKey(order) === appKey(event) ? order : undefined, echoed, started };
}
