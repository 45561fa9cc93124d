/*
 * An order is a reload that Cascade owes or has started. This file finds the order of a reload that ended, and what the
 * end means for the order. `cascade replay` asks that: if another attempt of the order follows, there is nothing to
 * replay.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { type JudgedEnd, judgeEnd } from '../../src/core/end-meaning.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { readable } from './read-documents.ts';

/** What the ledger knows about a reload that ended. */
export interface EndOwner {
  /** The order for which Cascade started the reload, and what the end means for it; undefined if there is none. */
  readonly judged: JudgedEnd<OrderDocument> | undefined;
  /** The order that Qlik's report of the end names. Cascade sends the order's id to Qlik, which may give it back. */
  readonly echoed: OrderDocument | undefined;
  /** The document that says for which order Cascade started the reload; undefined if there is none. */
  readonly started: StartedDocument | undefined;
}

/**
 * Judges a reload that ended as the resolver does, the action that decides what follows an end.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function endOwner(store: Pick<CouchPort, 'many'>, event: ReloadFinished): Promise<EndOwner> {
  const { tenant, reloadId, orderId } = event;
  const ids = [startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])];
  const [remembered, named] = await store.many(ids);
  const started = readable(remembered, readStarted);
  const echoed = readable(named, readOrder);
  const others = started === undefined ? [] : await store.many([started.order, ...started.also]);
  const orders = [echoed, ...others.map((document) => readable(document, readOrder))];
  const judged = judgeEnd(
    event,
    orders.filter((order) => order !== undefined),
    started,
  );
  return { judged, echoed, started };
}
