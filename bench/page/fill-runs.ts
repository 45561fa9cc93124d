import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { configuredDefinitions } from '../../src/deploy/configured-definitions.ts';
import { pastRun } from '../history/past-run.ts';
import { bringIndexesUpToDate } from '../ledger/bring-indexes-up-to-date.ts';
import { appAfter, endsOfApp } from '../metrics/ends-of-apps.ts';
import { chainsOfGraph } from './chains-of-graph.ts';
import type { BenchPage } from './start-bench-page.ts';

/** The number of chains, of two apps each. */
const CHAINS = 50;
/** A little less than the time that the page keeps, so that no run becomes too old during the benchmark. */
const PAST_MS = 13 * 24 * 3_600_000;
const AT_ONCE = 500;
/** The page shows an order and two ends of each run, and not the fourth document. */
export const SHOWN_OF_RUN = 3;

/** A store with runs, and their documents. */
export interface FilledLedger {
  /** The app whose reload began a run. */
  beginnerOf(run: number): string;
  /** The stored order of each run. Every tenth order failed. */
  readonly orders: readonly NewDocument[];
}

/** Stores chains, their apps' documents, and runs over the last 13 days, the last of them a moment ago. */
export async function fillRuns({ store, port }: BenchPage, runs: number): Promise<FilledLedger> {
  const edges = Array.from({ length: CHAINS }, (_, chain) => ({ from: 2 * chain, to: 2 * chain + 1 }));
  const chains = chainsOfGraph({ bands: Array.from({ length: 2 * CHAINS }, (_, app) => app >> 1), edges });
  const definitions = configuredDefinitions(store.settings);
  await definitions?.noteDeployed(await definitions.store(chains));
  const now = Date.now() as EpochMs;
  const apps = Object.values(chains.apps).map(({ tenant, appId }): AppRef => ({ tenant, appId }));
  await storeAll(
    port,
    apps.map((_, app) => appAfter(endsOfApp(app, 3, now), now)),
  );
  const appAt = (number: number): AppRef => apps[number] ?? throwNoApp(number);
  const pairOf = (run: number): readonly [AppRef, AppRef] => {
    const { from, to } = edges[run % CHAINS] ?? { from: 0, to: 1 };
    return [appAt(from), appAt(to)];
  };
  const beganAt = (run: number): number => now - PAST_MS + ((run + 1) * PAST_MS) / runs - 120_000;
  const orders = await storeRuns(port, runs, (run) =>
    pastRun('page', run, beganAt(run), pairOf(run)).map((document) => (run % 10 === 3 ? asFailed(document) : document)),
  );
  await bringIndexesUpToDate(port);
  return { orders, beginnerOf: (run) => chains.apps[appKey(pairOf(run)[0])]?.label ?? '' };
}

/**
 * The end and the order of a second app that failed. The first app's end stays as it is, and so does a document without
 * an end.
 */
const asFailed = (document: NewDocument): NewDocument =>
  document['outcome'] === undefined || document['startedBy'] === 'chronos'
    ? document
    : { ...document, outcome: 'failed' };

const throwNoApp = (number: number): never => {
  throw new Error(`There is no app ${number}.`);
};

/** Stores runs in order. @returns their orders with their revisions. */
export async function storeRuns(
  port: CouchPort,
  runs: number,
  documentsOf: (run: number) => readonly NewDocument[],
): Promise<readonly NewDocument[]> {
  const stored: NewDocument[] = [];
  for (let from = 0; from < runs; from += AT_ONCE / 4) {
    const some = Array.from({ length: Math.min(AT_ONCE / 4, runs - from) }, (_, index) => documentsOf(from + index));
    stored.push(...(await storeAll(port, some.flat())));
  }
  return stored.filter(({ _id }) => _id.startsWith('order:'));
}

/** Stores documents, and returns them with their revisions. @throws Error if one is not stored. */
export async function storeAll(port: CouchPort, documents: readonly NewDocument[]): Promise<readonly NewDocument[]> {
  const stored: NewDocument[] = [];
  for (let from = 0; from < documents.length; from += AT_ONCE) {
    const some = documents.slice(from, from + AT_ONCE);
    const written = await port.bulk(some);
    some.forEach((document, index) => {
      const outcome = written[index];
      if (outcome?.kind !== 'stored') throw new Error(`The store did not take ${document._id}.`);
      stored.push({ ...document, _rev: outcome.rev });
    });
  }
  return stored;
}
