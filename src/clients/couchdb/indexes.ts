/*
 * An index lets CouchDB find documents by a field without reading all of them. These are the indexes of the ledger,
 * Cascade's memory. Deployment installs them.
 */

/**
 * An index of the ledger in CouchDB. A query (`_find`) that sorts by the index's field uses it. `ddoc`: design
 * document.
 */
interface LedgerIndex {
  readonly ddoc: string;
  readonly name: string;
  readonly fields: readonly [string];
}

/** Finds the documents with unfinished work, by the time at which the work is due. Finished ones have no `dueAt`. */
export const DUE_INDEX = { ddoc: 'cascade-due', name: 'due-at', fields: ['dueAt'] } as const satisfies LedgerIndex;

/**
 * A field by which the history is sorted. `endedAt`: when a reload ended, in an event (a reload's end that Cascade
 * heard of) or an order (a reload that Cascade owes). `createdAt`: when an order was created. Other documents, such as
 * events, may have this field, too.
 */
export type HistoryInstant = 'endedAt' | 'createdAt';

/**
 * The indexes of the history, for people: by end, by creation, and by `root`. The orders that followed from one reload
 * have the same `root`. One design document has all three indexes, so that CouchDB brings them up to date in one pass.
 */
export const HISTORY_INDEXES = [
  { ddoc: 'cascade-history', name: 'ended-at', fields: ['endedAt'] },
  { ddoc: 'cascade-history', name: 'created-at', fields: ['createdAt'] },
  { ddoc: 'cascade-history', name: 'run', fields: ['root'] },
] as const satisfies readonly LedgerIndex[];
