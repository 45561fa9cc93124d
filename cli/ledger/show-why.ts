/*
 * `cascade why <app>` answers why an app last ran, what it waits for, or why nothing happened. This file reads the
 * facts from the ledger (Cascade's memory in CouchDB), and makes the report of the answer. The sentences come from
 * `why` (src/core).
 *
 * An event is a reload that ended. An order is a reload that Cascade owes because of an event, its cause. A link says
 * that one app follows another, its upstream; a composite link waits for several upstreams.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { appCandidates } from '../../src/core/chains/app-candidates.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import { appStateId, eventId, joinId } from '../../src/core/document-ids.ts';
import { type CompiledChains, type CompositeLink, isComposite, type Link } from '../../src/core/link.ts';
import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { earlierAttempts } from '../../src/core/runs/earlier-attempts.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { servedWith } from '../../src/core/runs/further-causes.ts';
import { type JoinFact, joinHalves } from '../../src/core/runs/join-words.ts';
import { causeIds } from '../../src/core/runs/order-causes.ts';
import type { RuleFate } from '../../src/core/runs/rule-words.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { type Ancestor, type WhyFacts, why } from '../../src/core/runs/why.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import type { DeployedDocument } from '../../src/ledger/documents/deployed.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { readChainsOf } from '../../src/ledger/read-chains-of.ts';
import { eventFact } from '../../src/ledger/read-facts.ts';
import { readDeployedChains, readRules } from './decided-rules.ts';
import { appJson, attemptJson, endJson, orderJson } from './json-facts.ts';
import { chainsOf, type LedgerContext, type LedgerReport } from './ledger-command.ts';
import { readDocuments } from './read-documents.ts';
import { isFor, namedOwners, ordersOf, ownerOf, readMany } from './read-owner.ts';

/** The most ends of reloads that are followed back. By default, MAX_HOPS stops a run long before that. */
const MOST_ANCESTORS = 100;

/**
 * `cascade why <app>`: says why an app last ran, what it waits for, or why nothing happened.
 *
 * @param text - the app's id, its short name, `chain/name`, or its name in Qlik.
 * @throws CascadeError PARAMETERS_INVALID if the text stands for no app, or for several; CHAIN_INVALID without chain
 *   files; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function showWhy(context: LedgerContext, text: string): Promise<LedgerReport> {
  const { labelOf } = context;
  const compiled = chainsOf(context);
  const deployed = await readDeployedChains(context.store);
  const app = await findAnywhere(text, compiled, deployed, context.store);
  const links = Object.values(compiled.links)
    .flat()
    .filter(({ target }) => appKey(target) === appKey(app));
  const facts = await readWhy(context.store, app, links, { deployed, files: compiled });
  const { waits, cameToNothing, last, alsoBecause, rule, upstreams, answer } = why(facts, labelOf, context.now());
  const others = deployed === undefined || deployed.hash === definitionHash(compiled) ? [] : [othersText(deployed)];
  return {
    ok: true,
    json: {
      app: appJson(app, labelOf),
      answer,
      waits: waits.map((order) => withAttempts(order, facts, labelOf)),
      cameToNothing: cameToNothing && withAttempts(cameToNothing, facts, labelOf),
      last: last && endJson(last, labelOf),
      order: facts.ancestry[0]?.order && withAttempts(facts.ancestry[0].order, facts, labelOf),
      rule: rule && ruleJson(rule),
      deployed: deployed && {
        definition: deployed.hash,
        since: isoText(deployed.since),
        isOfTheseFiles: others.length === 0,
      },
      because: facts.ancestry.slice(1).map(({ event }) => endJson(event, labelOf)),
      alsoBecause: alsoBecause.map((event) => endJson(event, labelOf)),
      joins: facts.joins.map((join) => joinJson(join, labelOf, context.now())),
      upstreams: upstreams.map(({ link: { after, chain, on, paused }, verdict }) => {
        return { app: appJson(after, labelOf), chain, on, paused, came: verdict.kind };
      }),
    },
    lines: [...answer, ...others],
    isEmpty: facts.orders.length === 0 && last === undefined,
  };
}

/** An order with its earlier attempts. If there are none, the field `attempts` is absent. */
function withAttempts(order: OrderFact, { attempts: ends }: WhyFacts, labelOf: LabelOf): object {
  const attempts = earlierAttempts(order, ends);
  return {
    ...orderJson(order, labelOf),
    ...(attempts.length > 0 && { attempts: attempts.map((each) => attemptJson(each, labelOf)) }),
  };
}

/** The line to print if other chains are deployed than those in the chain files at hand. */
const othersText = ({ hash, since }: DeployedDocument): string =>
  `The chain files here are not those that are deployed (definition ${hash}, since ${instantText(since)}). What an app is said to follow is from the files here.`;

/** The rule that started the last reload, and whether the rule has changed since. */
const ruleJson = (rule: RuleFate): object =>
  rule.kind === 'unknown' || rule.kind === 'same'
    ? rule
    : {
        kind: rule.kind,
        chain: rule.before.chain,
        on: rule.before.on,
        ...(rule.kind === 'changed' && { changes: rule.changes }),
      };

/** How many deployments are searched for an app that the chain files no longer name. */
const MOST_SEARCHED = 10;

/**
 * Finds an app in the chain files. If they do not have the app, the chains that are or were deployed are searched, the
 * newest first.
 *
 * @throws CascadeError as `findApp`.
 */
async function findAnywhere(
  text: string,
  files: CompiledChains,
  deployed: DeployedDocument | undefined,
  store: Reader,
): Promise<AppRef> {
  const earlier = deployed === undefined || appCandidates(files, text).length > 0 ? [] : [deployed, ...deployed.before];
  for (const { hash } of earlier.slice(0, MOST_SEARCHED)) {
    const chains = await readChainsOf(hash, store);
    if (chains !== undefined && appCandidates(chains, text).length > 0) return findApp(chains, text);
  }
  return findApp(files, text);
}

/** A composite link: which of its upstreams have ended, when, and until when that end counts. */
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

const present = <T>(list: readonly (T | undefined)[]): readonly T[] => list.filter((each) => each !== undefined);

type Reader = Pick<CouchPort, 'range' | 'many' | 'get'>;

/**
 * Reads what the ledger knows of an app: its orders, its last end and what led to that end, and the last end of each app
 * that it follows.
 *
 * @param all - the links that have the app as their target.
 */
async function readWhy(
  store: Reader,
  app: AppRef,
  all: readonly Link[],
  { deployed, files }: { readonly deployed: DeployedDocument | undefined; readonly files: CompiledChains },
): Promise<WhyFacts> {
  const links = all.filter((link) => !isComposite(link));
  const orders = await ordersOf(store, app);
  const withoutEnd = orders.filter(({ state }) => !isFinal(state) || state === 'gave-up' || state === 'called-off');
  const [last, ...upstreamEnds] = await lastEnds(store, [app, ...links.map(({ after }) => after)]);
  const upstreamEvents = await readMany(store, upstreamEnds.map(idOfEvent), eventFact);
  const ancestry = last === undefined ? [] : await ancestryOf(store, last, orders);
  const lastOrder = ancestry[0]?.order;
  const toExplain = present([...withoutEnd, lastOrder]);
  const causes = present(await readMany(store, idsOfCauses(toExplain, orders), eventFact));
  const attemptIds = toExplain.flatMap(idsOfAttempts);
  // An order says whether Cascade canceled its reload because it ran too long. Otherwise a person canceled it.
  const canceled = present([...causes, ...upstreamEnds]).filter(({ outcome }) => outcome === 'canceled');
  // Orders and events say by which chains Cascade decided. These may not be the chains of today.
  const definitions = [...toExplain, ...upstreamEvents].map((each) => each?.definition);
  return {
    app,
    orders,
    ...(last && { last }),
    ancestry,
    rules: await readRules(store, definitions, deployed, files),
    causes,
    attempts: present(await readMany(store, attemptIds, eventFact)),
    owners: present(await namedOwners(store, canceled)),
    joins: await readJoins(store, all.filter(isComposite)),
    upstreams: links.map((link, index) => {
      const [end, event] = [upstreamEnds[index], upstreamEvents[index]];
      return { link, ...(end && { last: end }), ...(event && { event }) };
    }),
  };
}

const idOfEvent = (end: ReloadFinished | undefined): string | undefined => end && eventId(end.tenant, end.reloadId);

/** The most causes of one order that are read, with those of the orders that were merged into it. */
const MOST_CAUSES = 20;

/** The ids of the events that called for some of an app's orders. */
function idsOfCauses(some: readonly OrderFact[], all: readonly OrderFact[]): readonly string[] {
  const hasMerged = new Set(all.flatMap(({ state, into }) => (state === 'merged' && into !== undefined ? [into] : [])));
  const served = (order: OrderFact) => (hasMerged.has(order._id) ? servedWith(order, all) : [order]);
  return some.flatMap((order) => served(order).flatMap(causeIds).slice(0, MOST_CAUSES));
}

/** The ids of the events with which the earlier attempts of an order ended. */
const idsOfAttempts = (order: OrderFact): readonly string[] =>
  earlierAttempts(order, []).map(({ reloadId }) => eventId(order.tenant, reloadId));

/**
 * Reads what each composite link remembers. If several chains have the same link, it is returned once. It counts as
 * paused only if it is paused in all these chains.
 */
async function readJoins(store: Reader, links: readonly CompositeLink[]): Promise<readonly JoinFact[]> {
  // Of links with the same id, the map keeps the last: one that is not paused, if there is one.
  const pausedFirst = [...links].sort((a, b) => Number(b.paused) - Number(a.paused));
  const once = [...new Map(pausedFirst.map((link) => [joinId(link), link])).values()];
  const documents = await readMany(store, once.map(joinId), readJoin);
  return once.map((link, index) => {
    const memory = documents[index];
    return { link, ...(memory && { memory }) };
  });
}

/**
 * The last end of each of these apps, as far as Cascade knows. The action `storer` writes it into the app's own
 * document. If an invocation of the storer was lost, that document may be missing. Then the events are read, at most
 * 50,000.
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

/**
 * The ends of reloads that led to `last`, one after another, back to the first. Each has the order whose reload it was.
 */
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

const causeOf = async (store: Reader, order: OrderFact): Promise<EventFact | undefined> =>
  (await readMany(store, causeIds(order), eventFact)).find((event) => event !== undefined);
