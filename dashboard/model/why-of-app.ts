/*
 * This file answers on the page what `cascade why` answers on the command line: why an app last ran, and what it waits for.
 * It looks the facts up in the documents on the device. `src/core/runs/why.ts` makes the sentences.
 */

import { appStateId, DEPLOYED_ID, eventId } from '../../src/core/document-ids.ts';
import type { ChainGraph, GraphApp } from '../../src/core/graph/chain-graph.ts';
import { type CompiledChains, isComposite } from '../../src/core/link.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { earlierAttempts } from '../../src/core/runs/earlier-attempts.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { ownersOf } from '../../src/core/runs/group-runs.ts';
import type { JoinFact } from '../../src/core/runs/join-words.ts';
import { causeIds } from '../../src/core/runs/order-causes.ts';
import { type Ancestor, type WhyFacts, why } from '../../src/core/runs/why.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { chainsOfHash, type PageDocuments } from './documents.ts';

/** With the default of MAX_HOPS no run is so long. */
const MOST_ANCESTORS = 100;

type Documents = Pick<PageDocuments, 'of'>;

/** Why the app last ran, what it waits for, or why nothing happened: in sentences, the most important first. */
export const whyOfApp = (
  app: GraphApp,
  chains: CompiledChains,
  graph: ChainGraph,
  documents: Documents,
  labelOf: LabelOf,
  now: EpochMs,
): readonly string[] => why(factsOf(app, chains, graph, documents), labelOf, now).answer;

/** The links by which the app waits for several others, each with what it remembers. */
export const joinsOfApp = (app: GraphApp, graph: ChainGraph, documents: Documents): readonly JoinFact[] =>
  (graph.composites.get(graph.numberOf.get(app.key) ?? -1) ?? []).map(({ id, link }) => {
    const memory = documents.of('join').get(id);
    return { link, ...(memory !== undefined && { memory }) };
  });

function factsOf(app: GraphApp, chains: CompiledChains, graph: ChainGraph, documents: Documents): WhyFacts {
  const events = documents.of('event');
  const all = [...documents.of('order').values()];
  const ownerOf = ownersOf(all);
  const orders = all.filter((order) => appKey(order) === app.key);
  const eventsOf = (ids: readonly string[]): readonly EventFact[] => ids.flatMap((id) => events.get(id) ?? []);
  const lastOf = (of: AppRef): ReloadFinished | undefined => documents.of('app').get(appStateId(of))?.last;
  const last = lastOf(app);
  const causes = eventsOf(orders.flatMap(causeIds));
  const upstreams = Object.values(chains.links)
    .flat()
    .filter((link) => appKey(link.target) === app.key && !isComposite(link))
    .map((link) => {
      const end = lastOf(link.after);
      const event = end && events.get(eventId(end.tenant, end.reloadId));
      return { link, ...(end !== undefined && { last: end }), ...(event !== undefined && { event }) };
    });
  const attempts = orders.flatMap((order) =>
    earlierAttempts(order, []).map(({ reloadId }) => eventId(order.tenant, reloadId)),
  );
  const canceled = [...causes, ...upstreams.flatMap((upstream) => upstream.last ?? [])].filter(
    ({ outcome }) => outcome === 'canceled',
  );
  return {
    app,
    orders,
    ...(last !== undefined && { last }),
    ancestry: last === undefined ? [] : ancestryOf(last, ownerOf, eventsOf),
    causes,
    attempts: eventsOf(attempts),
    owners: canceled.flatMap((event) => ownerOf(event) ?? []),
    upstreams,
    joins: joinsOfApp(app, graph, documents),
    rules: { decided: decidedChains(documents), now: chains },
  };
}

/** The ends of reloads that led to `last`, one after another, back to the first. Each has the order whose reload it was. */
function ancestryOf(
  last: ReloadFinished,
  ownerOf: (event: ReloadFinished) => OrderFact | undefined,
  eventsOf: (ids: readonly string[]) => readonly EventFact[],
): readonly Ancestor[] {
  const ancestry: Ancestor[] = [];
  let event: ReloadFinished | undefined = last;
  while (event !== undefined && ancestry.length < MOST_ANCESTORS) {
    const order: OrderFact | undefined = ownerOf(event);
    ancestry.push({ event, ...(order !== undefined && { order }) });
    event = order && eventsOf(causeIds(order))[0];
  }
  return ancestry;
}

/** The chains of all deployments that are on the device, by their hashes. */
function decidedChains(documents: Documents): ReadonlyMap<string, CompiledChains | undefined> {
  const deployed = documents.of('deployed').get(DEPLOYED_ID);
  const hashes = [...documents.of('definition').values()].map(({ hash }) => hash);
  const all = new Set([...hashes, ...(deployed === undefined ? [] : [deployed.hash])]);
  return new Map([...all].map((hash) => [hash, chainsOfHash(hash, documents)]));
}
