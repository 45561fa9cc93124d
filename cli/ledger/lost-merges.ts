/*
 * If several equal orders (reloads that Cascade owes) wait for the same busy app, the later ones merge into the first:
 * its reload serves them all. This file finds merged orders that nobody will ever serve, for `cascade runs --problems`.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { WrongFact } from '../../src/core/runs/find-problems.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readable } from './read-documents.ts';

/**
 * An order (a reload that Cascade owes) that merged into another order, whose reload shall serve both. The merge is
 * finished, so Cascade does not look at the merged order again.
 */
export interface Merge {
  readonly _id: string;
  readonly into: string | undefined;
}

/** How many orders are looked up in one request, so that an answer stays small. */
const LOOKED_UP = 200;
/** The most merged orders that are checked. */
export const MOST_LOOKED_UP = 20_000;

/** An order as a merge; undefined if the order is not merged, or is still due. */
export const mergeIn = ({ _id, state, into, dueAt }: OrderDocument): Merge | undefined =>
  state === 'merged' && dueAt === undefined ? { _id, into } : undefined;

/**
 * Finds the merged orders for which nothing will ever be started. There are five reasons: the other order is not named,
 * is gone, is malformed, or is called off and finished; or the merges lead in a circle. Usually a person who edited
 * documents has caused that.
 *
 * @returns these orders, and whether some merges were not checked, because there were too many.
 */
export async function lostMerges(
  merges: readonly Merge[],
  store: Pick<CouchPort, 'many'>,
): Promise<{ readonly lost: readonly WrongFact[]; readonly isCut: boolean }> {
  const targets = new Map(merges.map(({ _id, into }) => [_id, into]));
  const lost: WrongFact[] = [];
  for (let at = 0; at < Math.min(merges.length, MOST_LOOKED_UP); at += LOOKED_UP) {
    const part = merges.slice(at, at + LOOKED_UP);
    // `found` gets an entry for each merge, also for one without `into`: `whyLost` does not look at that entry.
    const found = await store.many(part.map(({ _id, into }) => into ?? _id));
    const suspects = part.flatMap((merge, index) => {
      const why = isCircle(merge._id, targets) ? 'leads back to it' : whyLost(merge, found[index]);
      return why === undefined ? [] : [{ ...merge, why }];
    });
    lost.push(...(await stillLost(suspects, store)));
  }
  return { lost, isCut: merges.length > MOST_LOOKED_UP };
}

interface Suspect extends Merge {
  readonly why: string;
}

/** Reads the suspects again: a command may just have called the other order off, and planned the suspects again. */
async function stillLost(suspects: readonly Suspect[], store: Pick<CouchPort, 'many'>): Promise<readonly WrongFact[]> {
  if (suspects.length === 0) return [];
  const again = await store.many(suspects.map(({ _id }) => _id));
  return suspects.flatMap(({ _id, into, why }, index) => {
    const order = readable(again[index], readOrder);
    const merge = order && mergeIn(order);
    return merge !== undefined && merge.into === into ? [{ _id, why: lostText(into, why) }] : [];
  });
}

/** Why the other order will never serve a merged order, as the rest of a sentence. Undefined if it will serve. */
function whyLost({ into }: Merge, document: StoredDocument | undefined): string | undefined {
  if (into === undefined) return 'is not named (it has no field into)';
  if (document === undefined) return 'is not in the ledger';
  const order = readable(document, readOrder);
  if (order === undefined) return 'cannot be read';
  return order.state === 'called-off' && order.dueAt === undefined ? 'is called off' : undefined;
}

/** Whether the merges lead from an order in a circle back to the same order. */
function isCircle(from: string, targets: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let at = targets.get(from); at !== undefined && !seen.has(at); at = targets.get(at)) {
    if (at === from) return true;
    seen.add(at);
  }
  return false;
}

const lostText = (into: string | undefined, why: string): string =>
  `it is merged, and the order whose reload should do for it ${into === undefined ? '' : `(${into}) `}${why}: nothing is started for it. Have what called for it followed up again with cascade replay <event>; or set its state to planned with a dueAt (milliseconds since 1970), and take its field into out: the sweep then starts it.`;
