/*
 * The resolver decides which reloads follow the reloads that ended. Before that, this file finds out how a reload
 * counts that did not succeed. An order is a reload that Cascade owes. If an order has `retry`, a failed reload is only
 * one of its attempts, and nothing follows until the last attempt. If Cascade canceled a reload because of its
 * `timeout`, the reload counts as failed.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { type EndMeaning, type JudgedEnd, judgeEnd } from '../../src/core/end-meaning.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import { startingOrders } from '../../src/ledger/starting-orders.ts';
import type { Log } from '../../src/platform/log.ts';

type Unknown = Extract<EndMeaning, { readonly kind: 'unknown-attempt' }>;

/**
 * How an end counts, with the order whose reload ended: it is the order's last end, or another attempt follows.
 * `unknown-attempt` has no order: nobody knows yet whether another attempt follows.
 */
export type Judgement = Unknown | (Exclude<EndMeaning, Unknown> & { readonly order: OrderDocument });

/** What `judgeEnds` needs. */
export interface JudgePorts {
  readonly store: Pick<CouchPort, 'many' | 'range' | 'due'>;
  readonly times: TimeConstants;
  /** The store's clock. */
  readonly now: EpochMs;
  readonly log: Pick<Log, 'error'>;
}

/**
 * Judges the ends of reloads that did not succeed.
 *
 * To which order does a reload belong? Qlik may echo the order's id: the reload's record then has it. If Qlik does not,
 * the document `started` of the reload names the order. If there is no such document, an activation may have started
 * the reload a moment ago and not written the document yet. So this also looks for an order that is being started:
 * `startingOrders`.
 *
 * @param documentOf - the document with this id, if the caller has read it. The caller reads the orders that Qlik
 *   echoes, and the documents `started`.
 * @returns a judgement for each of these ends that belongs to an order, or perhaps does. Any other end counts as Qlik
 *   reports it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function judgeEnds(
  events: readonly BatchEvent[],
  documentOf: (id: string) => StoredDocument | undefined,
  ports: JudgePorts,
): Promise<ReadonlyMap<ReloadFinished, Judgement>> {
  const failedOrCanceled = events
    .filter(({ outcome }) => outcome !== 'succeeded')
    .map((event) => ({ event, started: startedOf(event, documentOf, ports) }));
  const orders = await ordersOf(failedOrCanceled, documentOf, ports);
  const judged = new Map<ReloadFinished, Judgement>();
  const startingOf = startingOrders(ports);
  for (const { event, started } of failedOrCanceled) {
    const owners = ownersOf(event, started).flatMap((id) => orders.get(id) ?? []);
    const end = judgeEnd(event, owners, started);
    if (end !== undefined) judged.set(event, judgementOf(end));
    if (owners.length > 0 || started !== undefined) continue;
    const starting = await startingOf(event);
    const own = starting?.kind === 'own' ? judgeEnd(event, [starting.order], { order: starting.order._id }) : undefined;
    if (own !== undefined) judged.set(event, judgementOf(own));
    if (starting?.kind === 'perhaps') judged.set(event, { kind: 'unknown-attempt' });
  }
  return judged;
}

const judgementOf = ({ meaning, order }: JudgedEnd<OrderDocument>): Judgement =>
  meaning.kind === 'unknown-attempt' ? meaning : { ...meaning, order };

const startedOf = (
  { tenant, reloadId }: ReloadFinished,
  documentOf: (id: string) => StoredDocument | undefined,
  { log }: JudgePorts,
): StartedDocument | undefined => readOrLog(documentOf(startedId(tenant, reloadId)), readStarted, log);

/**
 * The ids of the orders that may have started a reload: the one that Qlik echoes, and the one that `started` names. If
 * the reload was canceled, also those that share it: Cascade may have canceled the reload for one of these.
 */
const ownersOf = ({ orderId, outcome }: ReloadFinished, started: StartedDocument | undefined): readonly OrderId[] => [
  ...new Set([
    ...(orderId === undefined ? [] : [orderId]),
    ...(started === undefined ? [] : [started.order]),
    ...(outcome === 'canceled' ? (started?.also ?? []) : []),
  ]),
];

/** The orders by their id. The caller has read the orders that Qlik echoes. This function reads the others. */
async function ordersOf(
  ends: readonly { readonly event: ReloadFinished; readonly started: StartedDocument | undefined }[],
  documentOf: (id: string) => StoredDocument | undefined,
  { store, log }: JudgePorts,
): Promise<ReadonlyMap<string, OrderDocument>> {
  const owners = new Set(ends.flatMap(({ event, started }) => ownersOf(event, started)));
  const echoed = new Set<string | undefined>(ends.map(({ event }) => event.orderId));
  const unread = [...owners].filter((id) => !echoed.has(id) && documentOf(id) === undefined);
  const found = [...[...owners].map(documentOf), ...(unread.length === 0 ? [] : await store.many(unread))];
  return new Map(
    found.flatMap((document) => {
      const order = readOrLog(document, readOrder, log);
      return order === undefined ? [] : [[order._id, order] as const];
    }),
  );
}
