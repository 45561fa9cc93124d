/*
 * Says for each type of document of the ledger (Cascade's memory) when a document is final, that is, when nothing is
 * left to be done with it, and since when. A purge removes documents that have been final for the whole retention
 * (RETENTION_DAYS), so that the ledger does not grow for ever.
 */

import { isFinal } from '../../core/order-state.ts';
import type { EpochMs } from '../../core/units.ts';
import type { LedgerDocument, LedgerType } from '../ledger-document.ts';

/** A document of one type. */
export type DocumentOf<T extends LedgerType> = Extract<LedgerDocument, { readonly type: T }>;

/** The fields of a document. A ticket, for example, is of one of two kinds: then these are the fields of both. */
type FieldOf<Document> = Document extends unknown ? keyof Document : never;

/** When a document of one type is final, and since when. */
export interface RetentionRule<T extends LedgerType> {
  /**
   * Names of fields with instants. A final document counts as final since the latest of them and of `innerInstants`. If
   * there are none at all, it has been final for ever.
   */
  readonly instants: readonly (FieldOf<DocumentOf<T>> & string)[];
  readonly isFinal: (document: DocumentOf<T>) => boolean;
  /** Instants that are deeper in the document; absent if there are none. */
  readonly innerInstants?: (document: DocumentOf<T>) => readonly EpochMs[];
}

/**
 * The rule of each type (docs/ledger.md, "Retention"). If it is undefined, documents of the type are never removed:
 * there is only one of them for each tenant, app, channel, action or site, so they do not pile up.
 */
export const RETENTION_RULES: { readonly [T in LedgerType]: RetentionRule<T> | undefined } = {
  act: { instants: ['at'], isFinal: () => true },
  // An alert is something that a person should look at. It gets a new `lastAt` when it is raised again. But
  // `unseen-app` is raised only once, so its age says nothing.
  alert: { instants: ['at', 'lastAt'], isFinal: ({ kind, dueAt }) => kind !== 'unseen-app' && dueAt === undefined },
  app: undefined,
  channel: undefined,
  checkpoint: undefined,
  dead: {
    instants: ['storedAt', 'replayedAt', 'dismissedAt'],
    isFinal: ({ replayedAt, dismissedAt }) => replayedAt !== undefined || dismissedAt !== undefined,
  },
  // A definition is compiled chains. If a document that stays names it, or if it is deployed, the purge keeps it all
  // the same.
  definition: { instants: ['storedAt'], isFinal: () => true },
  event: {
    instants: ['storedAt', 'endedAt', 'reportedEnd', 'resolvedAt', 'recordedAt', 'replayedAt'],
    isFinal: ({ resolvedAt, dueAt }) => resolvedAt !== undefined && dueAt === undefined,
  },
  gate: undefined,
  hint: {
    instants: ['storedAt', 'reportedEnd', 'settledAt'],
    isFinal: ({ settledAt, dueAt }) => settledAt !== undefined && dueAt === undefined,
  },
  // The memory of a composite link, which waits for several apps. If the link is deployed, `planPurge` keeps it all the
  // same.
  join: {
    instants: [],
    isFinal: ({ open, dueAt }) => open.length === 0 && dueAt === undefined,
    innerInstants: ({ log, baseHalves, baseEnd, fired }) =>
      [...log, ...baseHalves, baseEnd, fired].flatMap((end) => end?.endedAt ?? []),
  },
  order: {
    instants: ['createdAt', 'postedAt', 'endedAt', 'gaveUpAt', 'calledOffAt', 'replayedAt'],
    isFinal: ({ state, dueAt }) => isFinal(state) && dueAt === undefined,
  },
  park: undefined,
  questions: undefined,
  rate: undefined,
  // The document `started` says for which orders (reloads that Cascade owes) a reload was started. If one of these
  // orders stays, the purge keeps it all the same.
  started: { instants: ['replayedAt'], isFinal: () => true },
  stat: undefined,
  tenant: undefined,
  // Tickets of questions stay. Otherwise an old question that becomes active again would be announced again.
  ticket: { instants: ['recoveredAt'], isFinal: (ticket) => 'recoveredAt' in ticket },
};
