import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { WrongFact } from '../../src/core/runs/find-problems.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { unlessMalformed } from './read-documents.ts';

/** A merged order that nobody looks at again. */
export interface Merge {
  readonly _id: string;
  readonly into: string | undefined;
}

/** So many orders are looked up in one request, and at most in all. */
const LOOKED_UP = 200;
export const MOST_LOOKED_UP = 20_000;

/** The merge that an order's document tells of; undefined if there is none, or the sweep still looks at it. */
export const mergeIn = ({ _id, state, into, dueAt }: OrderDocument): Merge | undefined =>
  state === 'merged' && dueAt === undefined ? { _id, into } : undefined;

/**
 * Finds the merged orders whose work nobody does: the order that they were merged into is gone, spoilt, called off and
 * settled, or leads back to them. Only a person's edit makes such a one.
 *
 * @returns these, and whether there were more merges than are looked up.
 */
export async function lostMerges(
  merges: readonly Merge[],
  store: Pick<CouchPort, 'many'>,
): Promise<{ readonly lost: readonly WrongFact[]; readonly isCut: boolean }> {
  const targets = new Map(merges.map(({ _id, into }) => [_id, into]));
  const lost: WrongFact[] = [];
  for (let at = 0; at < Math.min(merges.length, MOST_LOOKED_UP); at += LOOKED_UP) {
    const part = merges.slice(at, at + LOOKED_UP);
    const found = await store.many(part.map(({ _id, into }) => into ?? _id));
    const suspects = part.flatMap((merge, index) => {
      const why = isCircle(merge._id, targets) ? 'leads back to it' : whyLost(merge, found[index]);
      return why === undefined ? [] : [{ merge, why }];
    });
    lost.push(...(await stillLost(suspects, store)));
  }
  return { lost, isCut: merges.length > MOST_LOOKED_UP };
}

interface Suspect {
  readonly merge: Merge;
  readonly why: string;
}

/** A command that called the other order off meanwhile has planned this one again. */
async function stillLost(suspects: readonly Suspect[], store: Pick<CouchPort, 'many'>): Promise<readonly WrongFact[]> {
  if (suspects.length === 0) return [];
  const again = await store.many(suspects.map(({ merge }) => merge._id));
  return suspects.flatMap(({ merge: { _id, into }, why }, index) => {
    const document = again[index];
    const order = document === undefined ? undefined : unlessMalformed(document, readOrder);
    const merge = order === undefined ? undefined : mergeIn(order);
    return merge?.into === into && merge !== undefined ? [{ _id, why: textOf(into, why) }] : [];
  });
}

function whyLost({ into }: Merge, document: StoredDocument | undefined): string | undefined {
  if (into === undefined) return 'is not named (it has no field into)';
  if (document === undefined) return 'is not in the ledger';
  const order = unlessMalformed(document, readOrder);
  if (order === undefined) return 'cannot be read';
  return order.state === 'called-off' && order.dueAt === undefined ? 'is called off' : undefined;
}

/** Whether the way from merge to merge comes back to where it began. */
function isCircle(from: string, targets: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let at = targets.get(from); at !== undefined && !seen.has(at); at = targets.get(at)) {
    if (at === from) return true;
    seen.add(at);
  }
  return false;
}

const textOf = (into: string | undefined, why: string): string =>
  `it is merged, and the order whose reload should do for it ${into === undefined ? '' : `(${into}) `}${why}: nothing is started for it. Have what called for it followed up again with cascade replay <event>; or set its state to planned with a dueAt (milliseconds since 1970), and take its field into out: the sweep then starts it.`;
