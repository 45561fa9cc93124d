/*
 * Installs the indexes of the ledger (Cascade's memory, a database in CouchDB). By them, actions and commands find what
 * is due and what happened when, without reading the whole ledger. Deployment calls this file.
 */

import { DUE_INDEX, HISTORY_INDEXES } from '../../clients/couchdb/indexes.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { objectOf } from '../../core/json-fields.ts';
import type { AskedStore } from './ask-store.ts';

type LedgerIndex = (typeof INDEXES)[number];

const INDEXES = [DUE_INDEX, ...HISTORY_INDEXES] as const;

/**
 * The most queries of one index. A query counts as unanswered after 15 seconds, so these take about ten minutes.
 */
const MOST_TRIES = 40;

/** Later than any instant in a document. A query of an index must have both bounds (fact db-differs-04). */
const NEVER = 9e15;

/** The person who waits while an index is built. */
export interface Waiting {
  /** Gets a sentence when the waiting for an index begins. */
  readonly say: (sentence: string) => void;
  /** Ends the waiting, between two queries. A query may take 15 seconds. */
  readonly signal?: AbortSignal;
}

/**
 * Installs the indexes that the ledger does not have, and then asks each index for a document. CouchDB begins to build
 * an index when it is first asked, and answers when the index is built. On a large ledger that may take minutes.
 * Deployment waits up to ten minutes for each index, so that the sweep (it runs every 5 minutes) and `cascade runs`
 * hardly have to wait.
 *
 * @returns in words: the indexes that were installed, and those that are still not built. CouchDB goes on building
 * these.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED; the signal's reason if it is aborted.
 */
export async function installIndexes(asked: AskedStore, { say, signal }: Waiting): Promise<readonly string[]> {
  const told = new Set<string>();
  const onWait = (name: string): void => {
    signal?.throwIfAborted();
    if (!told.has(name)) say(waitText(name));
    told.add(name);
  };
  const [installed, late]: [string[], string[]] = [[], []];
  for (const index of INDEXES) if (await installIfMissing(asked, index, onWait)) installed.push(`index ${index.name}`);
  for (const index of INDEXES) if (!(await isBuilt(asked, index, onWait))) late.push(lateText(index.name));
  return [...installed, ...late];
}

type OnWait = (name: string) => void;

/** Installs an index, unless it is there already. Returns whether it was missing. */
async function installIfMissing(
  { ask }: AskedStore,
  { ddoc, name, fields }: LedgerIndex,
  onWait: OnWait,
): Promise<boolean> {
  const isThere = async (): Promise<boolean> => {
    const { body } = await ask('GET', `_design/${ddoc}`, [200, 404]);
    return Object.hasOwn(objectOf(body, 'views'), name);
  };
  if (await isThere()) return false;
  try {
    await ask('POST', '_index', [200], { index: { fields }, ddoc, name, type: 'json' });
  } catch (error) {
    // The embedded store answers only when the index is built. So without an answer the index may be there all the
    // same.
    if (!isWithoutAnswer(error) || !(await isThere())) throw error;
    onWait(name);
  }
  return true;
}

/** Asks until the store answers. Returns false if that takes too long. */
async function isBuilt({ ask }: AskedStore, { name, fields: [field] }: LedgerIndex, onWait: OnWait): Promise<boolean> {
  const selector = { [field]: { $gte: 0, $lte: NEVER } };
  const query = { selector, sort: [{ [field]: 'asc' }], fields: ['_id'], limit: 1 };
  for (let tried = 1; tried <= MOST_TRIES; tried += 1) {
    try {
      await ask('POST', '_find', [200], query);
      return true;
    } catch (error) {
      if (!isWithoutAnswer(error)) throw error;
    }
    // If the store does not answer this request either, the index is not the reason, and `ask` throws.
    await ask('GET', '', [200]);
    onWait(name);
  }
  return false;
}

const isWithoutAnswer = (error: unknown): boolean =>
  error instanceof CascadeError && error.code === 'STORE_UNAVAILABLE';

const waitText = (name: string): string =>
  `CouchDB builds the index ${name} of the ledger. In a large ledger that takes minutes, once. Deployment waits for it.`;

const lateText = (name: string): string =>
  `the index ${name} is still being built (until then, cascade runs and the sweep may get no answer)`;
