import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import { appStateId, eventId, startedId } from '../../src/core/document-ids.ts';
import type { Link } from '../../src/core/link.ts';
import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { causeIds } from '../../src/core/runs/run-tree.ts';
import type { UpstreamFact } from '../../src/core/runs/upstream-verdict.ts';
import { type Ancestor, type WhyFacts, why } from '../../src/core/runs/why.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { appJson, endJson, orderJson } from './json-facts.ts';
import { chainsOf, type LedgerContext } from './ledger-command.ts';
import { eventFact, orderFact, readDocuments, unlessMalformed } from './read-documents.ts';

/** How far up a run is followed: more than MAX_HOPS lets any run go by default. */
const MOST_ANCESTORS = 100;

/** Qlik’s type of reloads that came by its API, as all of ours do. */
const BY_API = 'external';

/**
 * `cascade why <app>`: why an app last ran, what it waits for, or why nothing happened.
 *
 * @param text - what `findApp` takes.
 * @throws CascadeError PARAMETERS_INVALID if it stands for no app, or for several; CHAIN_INVALID without chain files.
 */
export async function showWhy(context: LedgerContext, text: string): Promise<ExitCode> {
  const { terminal, labelOf, json } = context;
  const compiled = chainsOf(context);
  const app = findApp(compiled, text);
  const links = Object.values(compiled.links)
    .flat()
    .filter(({ target }) => appKey(target) === appKey(app));
  const facts = await readWhy(context.store, app, links);
  if (facts.orders.length === 0 && facts.last === undefined) context.nameLedger?.();
  const { waits, cameToNothing, last, upstreams, answer } = why(facts, labelOf, context.now());
  if (!json) {
    for (const sentence of answer) terminal.write(`${sentence}\n`);
    return EXIT.ok;
  }
  writeJson(terminal, {
    ok: true,
    app: appJson(app, labelOf),
    answer,
    waits: waits.map((order) => orderJson(order, labelOf)),
    ...(cameToNothing === undefined ? {} : { cameToNothing: orderJson(cameToNothing, labelOf) }),
    ...(last === undefined ? {} : { last: endJson(last, labelOf) }),
    because: facts.ancestry.slice(1).map(({ event }) => endJson(event, labelOf)),
    upstreams: upstreams.map(({ link, verdict }) => ({
      app: appJson(link.after, labelOf),
      chain: link.chain,
      on: link.on,
      paused: link.paused,
      came: verdict.kind,
    })),
  });
  return EXIT.ok;
}

type Reader = Pick<CouchPort, 'range' | 'many' | 'get'>;

/** Reads what is known of an app: its orders, its last end with what led to it, and the last end of each upstream. */
async function readWhy(store: Reader, app: AppRef, links: readonly Link[]): Promise<WhyFacts> {
  const orders = await ordersOf(store, app);
  const open = orders.filter(({ state }) => !isFinal(state) || state === 'gave-up' || state === 'called-off');
  const states = await lastEnds(store, [app, ...links.map(({ after }) => after)]);
  const [last, ...upstreamEnds] = states;
  const events = await eventsOf(store, upstreamEnds);
  const causes = await readMany(store, open.flatMap(causeIds), eventFact);
  return {
    app,
    orders,
    ...(last === undefined ? {} : { last }),
    ancestry: last === undefined ? [] : await ancestryOf(store, last, orders),
    causes: causes.filter((event) => event !== undefined),
    upstreams: links.map((link, index) => upstreamFact(link, upstreamEnds[index], events[index])),
  };
}

const upstreamFact = (link: Link, last: ReloadFinished | undefined, event: EventFact | undefined): UpstreamFact => ({
  link,
  ...(last === undefined ? {} : { last }),
  ...(event === undefined ? {} : { event }),
});

/**
 * The last end of each app that Cascade heard of. The storer's documents tell them, off the hot path and invoked at most
 * once: where one is missing, all events are read.
 */
async function lastEnds(store: Reader, apps: readonly AppRef[]): Promise<readonly (ReloadFinished | undefined)[]> {
  const states = await readMany(store, apps.map(appStateId), readAppState);
  if (!states.includes(undefined)) return states.map((state) => state?.last);
  const { found } = await readDocuments(store, 'event:', eventFact);
  const newest = new Map<AppKey, EventFact>();
  for (const event of found) {
    const known = newest.get(appKey(event));
    if (known === undefined || event.endedAt > known.endedAt) newest.set(appKey(event), event);
  }
  return apps.map((app, index) => states[index]?.last ?? newest.get(appKey(app)));
}

const eventsOf = (store: Reader, ends: readonly (ReloadFinished | undefined)[]) =>
  readMany(
    store,
    ends.map((end) => (end === undefined ? '' : eventId(end.tenant, end.reloadId))),
    eventFact,
  );

const ordersOf = async (store: Reader, { tenant, appId }: AppRef): Promise<readonly OrderFact[]> =>
  (await readDocuments(store, `order:${tenant}:${appId}:`, orderFact)).found;

/** From an end up to the root of its run. */
async function ancestryOf(
  store: Reader,
  last: ReloadFinished,
  known: readonly OrderFact[],
): Promise<readonly Ancestor[]> {
  const ancestry: Ancestor[] = [];
  let event: ReloadFinished | undefined = last;
  while (event !== undefined && ancestry.length < MOST_ANCESTORS) {
    const order: OrderFact | undefined = known.find(isFor(event)) ?? (await ownerOf(store, event));
    ancestry.push({ event, ...(order === undefined ? {} : { order }) });
    event = order === undefined ? undefined : await causeOf(store, order);
  }
  return ancestry;
}

const isFor =
  ({ tenant, reloadId }: ReloadFinished) =>
  (order: OrderFact): boolean =>
    order.tenant === tenant && order.reloadId === reloadId;

/** The order whose reload ended: as Qlik echoed or `started` remembers it; both may be missing, its own document not. */
async function ownerOf(store: Reader, event: ReloadFinished): Promise<OrderFact | undefined> {
  const { tenant, appId, reloadId, orderId, startedBy = BY_API } = event;
  const [started] = await readMany(store, [startedId(tenant, reloadId)], readStarted);
  const [order] = await readMany(store, [orderId ?? started?.order ?? ''], orderFact);
  if (order !== undefined || startedBy !== BY_API) return order;
  return (await ordersOf(store, { tenant, appId })).find(isFor(event));
}

const causeOf = async (store: Reader, order: OrderFact): Promise<EventFact | undefined> =>
  (await readMany(store, causeIds(order), eventFact)).find((event) => event !== undefined);

/** Documents by id, as `read` sees them; undefined for an empty id, a missing or a malformed one. */
async function readMany<T>(
  store: Reader,
  ids: readonly string[],
  read: (document: StoredDocument) => T,
): Promise<readonly (T | undefined)[]> {
  const asked = [...new Set(ids.filter((id) => id !== ''))];
  const documents = new Map((await store.many(asked)).map((document, index) => [asked[index], document]));
  return ids.map((id) => {
    const document = documents.get(id);
    return document === undefined ? undefined : unlessMalformed(document, read);
  });
}
