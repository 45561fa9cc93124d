/*
 * A person asks of an app: why did it run last, what does it wait for, why did nothing happen? The command `cascade
 * why` answers that on the command line, and this file on the page. It takes the facts from the documents on the
 * device. `src/core/runs/` selects those that matter and makes the sentences.
 */

import { appStateId, DEPLOYED_ID } from '../../src/core/document-ids.ts';
import { type CompiledChains, isComposite, type Link } from '../../src/core/link.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import { ownersOf } from '../../src/core/runs/group-runs.ts';
import type { JoinFact } from '../../src/core/runs/join-words.ts';
import { why } from '../../src/core/runs/why.ts';
import { factsOfApp, joinFacts } from '../../src/core/runs/why-facts.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { chainsOfHash, type PageDocuments } from './documents.ts';

type Documents = Pick<PageDocuments, 'of'>;

/** The answer in sentences, the most important first. */
export function whyOfApp(
  app: AppRef,
  chains: CompiledChains,
  documents: Documents,
  labelOf: LabelOf,
  now: EpochMs,
): readonly string[] {
  const all = [...documents.of('order').values()];
  const orders = all.filter((order) => appKey(order) === appKey(app));
  const facts = factsOfApp(app, orders, linksTo(app, chains), {
    lastOf: (of) => documents.of('app').get(appStateId(of))?.last,
    eventOf: (id) => documents.of('event').get(id),
    ownerOf: ownersOf(all),
    memoryOf: (id) => documents.of('join').get(id),
  });
  return why({ ...facts, rules: { decided: decidedChains(documents), now: chains } }, labelOf, now).answer;
}

/** The links (steps of chains) by which the app waits for several others, each with what it remembers of them. */
export const joinsOfApp = (app: AppRef, chains: CompiledChains, documents: Documents): readonly JoinFact[] =>
  joinFacts(linksTo(app, chains).filter(isComposite), { memoryOf: (id) => documents.of('join').get(id) });

const linksTo = (app: AppRef, { links }: CompiledChains): readonly Link[] =>
  Object.values(links)
    .flat()
    .filter(({ target }) => appKey(target) === appKey(app));

/**
 * The chains of all deployments that the device has, by their hashes. Other chains may have decided about an older end,
 * so the answer compares them with the chains of now.
 */
function decidedChains(documents: Documents): ReadonlyMap<string, CompiledChains | undefined> {
  const deployed = documents.of('deployed').get(DEPLOYED_ID);
  const hashes = [...documents.of('definition').values()].map(({ hash }) => hash);
  const all = new Set([...hashes, ...(deployed === undefined ? [] : [deployed.hash])]);
  return new Map([...all].map((hash) => [hash, chainsOfHash(hash, documents)]));
}
