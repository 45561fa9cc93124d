/** A Mango index of the ledger: deployment installs it, and every query that sorts by its field uses it. */
interface LedgerIndex {
  readonly ddoc: string;
  readonly name: string;
  readonly fields: readonly [string];
}

/** What is due (docs/ledger.md, law 2). */
export const DUE_INDEX = { ddoc: 'cascade-due', name: 'due-at', fields: ['dueAt'] } as const satisfies LedgerIndex;

/** An instant by which the past is read: the end of an event or an order, and the creation of an order. */
export type HistoryInstant = 'endedAt' | 'createdAt';

/** The past. One design document has all of them, so that CouchDB brings them up to date in one pass. */
export const HISTORY_INDEXES = [
  { ddoc: 'cascade-history', name: 'ended-at', fields: ['endedAt'] },
  { ddoc: 'cascade-history', name: 'created-at', fields: ['createdAt'] },
  { ddoc: 'cascade-history', name: 'run', fields: ['root'] },
] as const satisfies readonly LedgerIndex[];
