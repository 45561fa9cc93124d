import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { type EndMeaning, endMeaning } from '../../src/core/end-meaning.ts';
import { appKey, type OrderId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../src/ledger/documents/started.ts';
import type { Log } from '../../src/platform/log.ts';

type Unknown = Extract<EndMeaning, { readonly kind: 'unknown-attempt' }>;

/**
 * What an end means: whether it is the last end of its order, or another attempt follows. The order whose reload ended is
 * with it. `unknown-attempt` has no order: we do not know yet whether another attempt follows.
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

/** Qlik's type of a reload that was started by API. All reloads that Cascade starts have it. */
const BY_API = 'external';

/** The most documents of one read. */
const PAGE = 100;

/**
 * Judges the ends of failed and canceled reloads. If an order with `retry` started such a reload, Cascade may start
 * another attempt. Then the links after the app must not count this end.
 *
 * To which order does a reload belong? Qlik may echo the order's id in the reload's record. If it does not, the document
 * `started` of the reload names the order. If there is no such document yet, an activation may have started the reload a
 * moment ago and not written the document yet. So we also look for an order of the app that is being started now: among
 * the documents that are due soon, and, if those are too many, among all orders of the app.
 *
 * @param documentOf - the document with this id, if the caller has read it. The caller reads the orders that Qlik echoes,
 * and the documents `started`.
 * @returns a judgement for each end of an order's reload. An end without a judgement counts as Qlik reports it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function judgeEnds(
  events: readonly BatchEvent[],
  documentOf: (id: string) => StoredDocument | undefined,
  ports: JudgePorts,
): Promise<ReadonlyMap<ReloadFinished, Judgement>> {
  const doubtful = events
    .filter(({ outcome }) => outcome !== 'succeeded')
    .map((event) => ({ event, started: startedOf(event, documentOf, ports) }));
  const orders = await ordersOf(doubtful, documentOf, ports);
  const judged = new Map<ReloadFinished, Judgement>();
  // Such an order is due within the hour. So usually we need to read only what is due until then, once for all ends, and
  // not all past orders of the app.
  let dueSoon: ReturnType<CouchPort['due']> | undefined;
  const readDue = () => {
    const until = addMs(ports.now, ports.times.longDoubt);
    dueSoon ??= ports.store.due({ from: 0 as EpochMs, until, limit: PAGE });
    return dueSoon;
  };
  for (const { event, started } of doubtful) {
    const order = orders.get(ownerOf(event, started, documentOf) ?? '');
    const isOwn = order !== undefined && appKey(order) === appKey(event);
    if (isOwn) judged.set(event, judgementOf(endMeaning(order, event, tryIn(started, order)), order));
    else if (order === undefined && (await mayBeStartedNow(event, started, readDue, ports))) {
      judged.set(event, { kind: 'unknown-attempt' });
    }
  }
  return judged;
}

const judgementOf = (meaning: EndMeaning, order: OrderDocument): Judgement =>
  meaning.kind === 'unknown-attempt' ? meaning : { ...meaning, order };

const startedOf = (
  { tenant, reloadId }: ReloadFinished,
  documentOf: (id: string) => StoredDocument | undefined,
  { log }: JudgePorts,
): StartedDocument | undefined => readOrLog(documentOf(startedId(tenant, reloadId)), readStarted, log);

/** The order for which a reload was started: the one that Qlik echoes, if the ledger has it, else the one in `started`. */
const ownerOf = (
  { orderId }: ReloadFinished,
  started: StartedDocument | undefined,
  documentOf: (id: string) => StoredDocument | undefined,
): OrderId | undefined => (orderId !== undefined && documentOf(orderId) !== undefined ? orderId : started?.order);

/**
 * Which attempt of the order the reload was, by `started`; undefined if there is no `started`, or if it names another
 * order.
 */
const tryIn = (started: StartedDocument | undefined, { _id }: OrderDocument): number | undefined =>
  started?.order === _id ? started.try : undefined;

/**
 * The orders by their id. The caller has read the orders that Qlik echoes. This function reads those that only `started`
 * names.
 */
async function ordersOf(
  doubtful: readonly { readonly event: ReloadFinished; readonly started: StartedDocument | undefined }[],
  documentOf: (id: string) => StoredDocument | undefined,
  { store, log }: JudgePorts,
): Promise<ReadonlyMap<string, OrderDocument>> {
  const owners = new Set(doubtful.flatMap(({ event, started }) => ownerOf(event, started, documentOf) ?? []));
  const unread = [...owners].filter((id) => documentOf(id) === undefined);
  const found = [...[...owners].map(documentOf), ...(unread.length === 0 ? [] : await store.many(unread))];
  return new Map(
    found.flatMap((document) => {
      const order = readOrLog(document, readOrder, log);
      return order === undefined ? [] : [[order._id, order] as const];
    }),
  );
}

/** Whether an order of the app may have started the reload a moment ago, so that `started` is not written yet. */
async function mayBeStartedNow(
  event: ReloadFinished,
  started: StartedDocument | undefined,
  readDue: () => ReturnType<CouchPort['due']>,
  ports: JudgePorts,
): Promise<boolean> {
  const { store, log } = ports;
  const { startedBy = BY_API, orderId } = event;
  if (started !== undefined || orderId !== undefined || startedBy !== BY_API) return false;
  // The links at hand do not tell whether there is such an order: a deployment may have removed its link or `retry` since.
  const prefix = `order:${event.tenant}:${event.appId}:`;
  const isCandidate = (document: StoredDocument): boolean =>
    document._id.startsWith(prefix) && isBeingStarted(readOrLog(document, readOrder, log), ports);
  const due = await readDue();
  if (due.documents.some(isCandidate)) return true;
  if (!due.isFull) return false;
  for (let after: string | undefined; ; ) {
    const range = { limit: PAGE, ...(after !== undefined && { after }) };
    const page = await store.range(prefix, range);
    if (page.some(isCandidate)) return true;
    after = page.at(-1)?._id;
    if (page.length < PAGE) return false;
  }
}

/**
 * Whether the order has `retry` or `timeout`, and its POST is under way or in doubt (sent, and not clearly answered).
 * If Cascade has looked for the order an hour after the last send or later, the order has an alert, and we no longer hold
 * back the app's ends for it. If the order is overdue, the sweep has yet to look.
 */
function isBeingStarted(order: OrderDocument | undefined, { times, now }: JudgePorts): boolean {
  if (order?.policy === undefined) return false;
  if (order.state === 'claimed') return true;
  const { doubt, dueAt = now } = order;
  if (order.state !== 'unknown' || doubt === undefined) return false;
  return dueAt <= now || now < addMs(doubt.sentAt ?? doubt.since, times.longDoubt);
}
