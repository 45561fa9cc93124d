import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import { appStateId, eventId, joinId, startedId } from '../../src/core/document-ids.ts';
import { type CompositeLink, isComposite, type Link } from '../../src/core/link.ts';
import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { type JoinFact, joinHalves } from '../../src/core/runs/join-words.ts';
import { causeIds } from '../../src/core/runs/run-tree.ts';
import { type Ancestor, type WhyFacts, why } from '../../src/core/runs/why.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { appJson, endJson, orderJson } from './json-facts.ts';
import { chainsOf, type LedgerContext, type LedgerReport } from './ledger-command.ts';
import { eventFact, orderFact, readable, readDocuments } from './read-documents.ts';

/** A run is followed up so many ends at most. By default MAX_HOPS stops every run before that. */
const MOST_ANCESTORS = 100;

/** The type that Qlik gives to reloads that were started by its API, as Cascade starts all of its own. */
const BY_API = 'external';

/**
 * `cascade why <app>`: why an app last ran, what it waits for, or why nothing happened.
 *
 * @param text - what `findApp` takes.
 * @throws CascadeError PARAMETERS_INVALID if it stands for no app, or for several; CHAIN_INVALID without chain files.
 */
export async function showWhy(context: LedgerContext, text: string): Promise<LedgerReport> {
  const { labelOf } = context;
  const compiled = chainsOf(context);
  const app = findApp(compiled, text);
  const links = Object.values(compiled.links)
    .flat()
    .filter(({ target }) => appKey(target) === appKey(app));
  const facts = await readWhy(context.store, app, links);
  const { waits, cameToNothing, last, upstreams, answer } = why(facts, labelOf, context.now());
  return {
    ok: true,
    json: {
      app: appJson(app, labelOf),
      answer,
      waits: waits.map((order) => orderJson(order, labelOf)),
      cameToNothing: cameToNothing && orderJson(cameToNothing, labelOf),
      last: last && endJson(last, labelOf),
      because: facts.ancestry.slice(1).map(({ event }) => endJson(event, labelOf)),
      joins: facts.joins.map((join) => joinJson(join, labelOf, context.now())),
      upstreams: upstreams.map(({ link: { after, chain, on, paused }, verdict }) => {
        return { app: appJson(after, labelOf), chain, on, paused, came: verdict.kind };
      }),
    },
    lines: answer,
    isEmpty: facts.orders.length === 0 && last === undefined,
  };
}

/** A link that waits for several apps: which are ready, since when, and until when that counts. */
function joinJson(join: JoinFact, labelOf: LabelOf, now: EpochMs): object {
  const { chain, paused, join: rule } = join.link;
  return {
    ...{ chain, paused, atLeast: rule.atLeast, withinSeconds: rule.within / 1_000 },
    apps: joinHalves(join, now).map(({ app, endedAt, reloadId, countsUntil }) => ({
      app: appJson(app, labelOf),
      isReady: countsUntil !== undefined,
      ...(endedAt !== undefined && { reloadId, endedAt: isoText(endedAt) }),
      ...(countsUntil !== undefined && { countsUntil: isoText(countsUntil) }),
    })),
  };
}

const isoText = (at: EpochMs): string => new Date(at).toISOString();

type Reader = Pick<CouchPort, 'range' | 'many' | 'get'>;

/** Reads what is known of an app: its orders, its last end and what led to it, and the last end of each upstream app. */
async function readWhy(store: Reader, app: AppRef, all: readonly Link[]): Promise<WhyFacts> {
  const links = all.filter((link) => !isComposite(link));
  const orders = await ordersOf(store, app);
  const open = orders.filter(({ state }) => !isFinal(state) || state === 'gave-up' || state === 'called-off');
  const [last, ...upstreamEnds] = await lastEnds(store, [app, ...links.map(({ after }) => after)]);
  const events = await readMany(
    store,
    upstreamEnds.map((end) => end && eventId(end.tenant, end.reloadId)),
    eventFact,
  );
  const causes = await readMany(store, open.flatMap(causeIds), eventFact);
  return {
    app,
    orders,
    ...(last && { last }),
    ancestry: last === undefined ? [] : await ancestryOf(store, last, orders),
    causes: causes.filter((event) => event !== undefined),
    joins: await readJoins(store, all.filter(isComposite)),
    upstreams: links.map((link, index) => {
      const [end, event] = [upstreamEnds[index], events[index]];
      return { link, ...(end && { last: end }), ...(event && { event }) };
    }),
  };
}

/** Each composite link once, with what it remembers. */
async function readJoins(store: Reader, links: readonly CompositeLink[]): Promise<readonly JoinFact[]> {
  const once = [...new Map(links.map((link) => [joinId(link), link])).values()];
  const documents = await readMany(store, once.map(joinId), readJoin);
  return once.map((link, index) => {
    const memory = documents[index];
    return { link, ...(memory && { memory }) };
  });
}

/**
 * The last end of each app that Cascade knows. The storer writes them into documents of their own, but a lost invocation of
 * it leaves one out. If any is missing, all events are read.
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

const ordersOf = async (store: Reader, { tenant, appId }: AppRef): Promise<readonly OrderFact[]> =>
  (await readDocuments(store, `order:${tenant}:${appId}:`, orderFact)).found;

/** The ends from this one up to the root of its run, each with the order whose reload it ended. */
async function ancestryOf(
  store: Reader,
  last: ReloadFinished,
  known: readonly OrderFact[],
): Promise<readonly Ancestor[]> {
  const ancestry: Ancestor[] = [];
  let event: ReloadFinished | undefined = last;
  while (event !== undefined && ancestry.length < MOST_ANCESTORS) {
    const order: OrderFact | undefined = known.find(isFor(event)) ?? (await ownerOf(store, event));
    ancestry.push({ event, ...(order && { order }) });
    event = order && (await causeOf(store, order));
  }
  return ancestry;
}

const isFor =
  ({ tenant, reloadId }: ReloadFinished) =>
  (order: OrderFact): boolean =>
    order.tenant === tenant && order.reloadId === reloadId;

/**
 * The order whose reload ended. Qlik repeats its id, or the document `started` has it. If both are missing, the orders of the
 * app are searched for the reload.
 */
async function ownerOf(store: Reader, event: ReloadFinished): Promise<OrderFact | undefined> {
  const { tenant, appId, reloadId, orderId, startedBy = BY_API } = event;
  const [started] = await readMany(store, [startedId(tenant, reloadId)], readStarted);
  const [order] = await readMany(store, [orderId ?? started?.order], orderFact);
  if (order !== undefined || startedBy !== BY_API) return order;
  return (await ordersOf(store, { tenant, appId })).find(isFor(event));
}

const causeOf = async (store: Reader, order: OrderFact): Promise<EventFact | undefined> =>
  (await readMany(store, causeIds(order), eventFact)).find((event) => event !== undefined);

/** The documents with these ids, as `read` sees them. Each is undefined if it is missing or malformed, or its id is absent. */
async function readMany<T>(
  store: Reader,
  ids: readonly (string | undefined)[],
  read: (document: StoredDocument) => T,
): Promise<readonly (T | undefined)[]> {
  const asked = [...new Set(ids.filter((id) => id))] as string[];
  const documents = new Map((await store.many(asked)).map((document, index) => [asked[index], document]));
  return ids.map((id) => readable(documents.get(id), read));
}
