/*
 * `cascade why <app>` answers why an app last ran, what it waits for, or why nothing happened. This file reads the
 * facts from the ledger (Cascade's memory in CouchDB), and makes the report of the answer. The functions `factsOfApp`
 * and `why` (src/core), which the dashboard uses, too, choose the facts and write the sentences.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes because of an event, its cause. A link says
 * that one app follows another, its upstream; a composite link waits for several upstreams.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { appCandidates } from '../../src/core/chains/app-candidates.ts';
import { appsBefore } from '../../src/core/chains/apps-before.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import { type LateCause, lateCause } from '../../src/core/desk/late-cause.ts';
import type { Late } from '../../src/core/desk/notice.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppKey, type AppRef, appKey, appOfKey } from '../../src/core/names.ts';
import { earlierAttempts } from '../../src/core/runs/earlier-attempts.ts';
import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { type JoinFact, joinHalves } from '../../src/core/runs/join-words.ts';
import type { RuleFate } from '../../src/core/runs/rule-words.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { type WhyFacts, why } from '../../src/core/runs/why.ts';
import { definitionsIn, factsOfApp } from '../../src/core/runs/why-facts.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import type { DeployedDocument } from '../../src/ledger/documents/deployed.ts';
import { readChainsOf } from '../../src/ledger/read-chains-of.ts';
import { readDeployedDocument, readRules } from './decided-rules.ts';
import { expectedWords, lateWords } from './expected-words.ts';
import { appJson, attemptJson, endJson, orderJson } from './json-facts.ts';
import { chainsOf, type LedgerContext, type LedgerReport } from './ledger-command.ts';
import { ReadFacts } from './read-facts-for-why.ts';
import { ordersOf, readMany } from './read-owner.ts';

/**
 * `cascade why <app>`: says why an app last ran, what it waits for, or why nothing happened.
 *
 * @param text - the app's id, its short name, `chain/name`, or its name in Qlik.
 * @throws CascadeError PARAMETERS_INVALID if the text stands for no app, or for several; CHAIN_INVALID without valid
 *   chain files; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function showWhy(context: LedgerContext, text: string): Promise<LedgerReport> {
  const { labelOf } = context;
  const files = chainsOf(context);
  const deployed = await readDeployedDocument(context.store);
  const { app, chains: compiled } = await findAnywhere(text, files, deployed, context.store);
  const links = Object.values(compiled.links)
    .flat()
    .filter(({ target }) => appKey(target) === appKey(app));
  const facts = await readWhy(context.store, app, links, { deployed, files });
  const { waits, cameToNothing, last, alsoBecause, rule, upstreams, answer } = why(facts, labelOf, context.now());
  const others =
    deployed === undefined || deployed.hash === definitionHash(files) ? [] : [othersText(deployed, compiled === files)];
  const expectation = compiled.apps[appKey(app)]?.expected;
  const late = await readLate(context, app, compiled.links);
  const lateness = late && lateWords(labelOf(app), late.missed, expectation, late.cause);
  const expected = expectedWords(labelOf(app), expectation, last, context.now());
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
      late: lateness?.json,
      expected: expected?.json,
      because: facts.ancestry.slice(1).map(({ event }) => endJson(event, labelOf)),
      alsoBecause: alsoBecause.map((event) => endJson(event, labelOf)),
      joins: facts.joins.map((join) => joinJson(join, labelOf, context.now())),
      upstreams: upstreams.map(({ link: { after, chain, on, paused }, verdict }) => {
        return { app: appJson(after, labelOf), chain, on, paused, came: verdict.kind };
      }),
    },
    lines: [...answer, ...[lateness, expected].flatMap((words) => words?.line ?? []), ...others],
    isEmpty: facts.orders.length === 0 && last === undefined && late === undefined,
  };
}

/**
 * Reads whether an app is late, and why: usually an app that it waits for is failing or late.
 *
 * @returns undefined if the app is not late.
 */
async function readLate(
  { store, labelOf }: Pick<LedgerContext, 'store' | 'labelOf'>,
  app: AppRef,
  links: CompiledChains['links'],
): Promise<{ readonly missed: Late; readonly cause: LateCause } | undefined> {
  const [state] = await readMany(store, [appStateId(app)], readAppState);
  const missed = state?.late;
  if (missed === undefined) return undefined;
  const before = appsBefore(app, links);
  const found = await readMany(
    store,
    before.map((key) => appStateId(appOfKey(key))),
    readAppState,
  );
  const states = new Map([[appKey(app), state], ...before.map((key, index) => [key, found[index]] as const)]);
  const stateOf = (key: AppKey) => states.get(key);
  const labels = { labelOf: (key: AppKey) => labelOf(appOfKey(key)), timeOf: instantText };
  return { missed, cause: lateCause(app, missed, { links, stateOf, ...labels }) };
}

/** An order with its earlier attempts. If there are none, the field `attempts` is absent. */
function withAttempts(order: OrderFact, { attempts: ends }: WhyFacts, labelOf: LabelOf): object {
  const attempts = earlierAttempts(order, ends);
  return {
    ...orderJson(order, labelOf),
    ...(attempts.length > 0 && { attempts: attempts.map((each) => attemptJson(each, labelOf)) }),
  };
}

/**
 * The line to print if other chains are deployed than those in the chain files at hand.
 *
 * @param isFromFiles - whether the links of the answer are those of the files, and not those that are deployed.
 */
const othersText = ({ hash, since }: DeployedDocument, isFromFiles: boolean): string =>
  `The chain files here are not those that are deployed (definition ${hash}, since ${instantText(since)}). What an app is said to follow is from ${isFromFiles ? 'the files here' : 'those that are deployed'}. If the deployed files are in another folder, give --chains <folder>.`;

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

/** An app, and the chains whose links say what it follows. */
interface FoundApp {
  readonly app: AppRef;
  readonly chains: CompiledChains;
}

/**
 * Finds an app in the chain files. If they do not have the app, the chains that are or were deployed are searched, the
 * newest first. The links come from the chains that are deployed if these have the app and the files do not, else from
 * the files.
 *
 * @throws CascadeError as `findApp`.
 */
async function findAnywhere(
  text: string,
  files: CompiledChains,
  deployed: DeployedDocument | undefined,
  store: Reader,
): Promise<FoundApp> {
  const earlier = deployed === undefined || appCandidates(files, text).length > 0 ? [] : [deployed, ...deployed.before];
  for (const { hash } of earlier.slice(0, MOST_SEARCHED)) {
    const chains = await readChainsOf(hash, store);
    if (chains === undefined || appCandidates(chains, text).length === 0) continue;
    return { app: findApp(chains, text), chains: hash === deployed?.hash ? chains : files };
  }
  return { app: findApp(files, text), chains: files };
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

type Reader = Pick<CouchPort, 'range' | 'many' | 'get'>;

/**
 * Reads what the ledger knows of an app: its orders, its last end and what led to that end, and the last end of each
 * app that it follows.
 *
 * @param links - the links that have the app as their target.
 */
async function readWhy(
  store: Reader,
  app: AppRef,
  links: readonly Link[],
  { deployed, files }: { readonly deployed: DeployedDocument | undefined; readonly files: CompiledChains },
): Promise<WhyFacts> {
  const orders = await ordersOf(store, app);
  const known = new ReadFacts(store, orders);
  let facts = factsOfApp(app, orders, links, known);
  // Each round needs what the round before has read: an end names its order, and an order names its causes.
  while (await known.readMissing()) facts = factsOfApp(app, orders, links, known);
  // Orders and events say by which chains Cascade decided. These may not be the chains of today.
  return { ...facts, rules: await readRules(store, definitionsIn(facts), deployed, files) };
}
