/*
 * A purge removes documents of the ledger (Cascade's memory) that have been final for the whole retention (RETENTION_DAYS). A
 * document is final if nothing is left to be done with it. This file says for each type of document when it is final, and
 * since when.
 */

import { isFinal } from '../../core/order-state.ts';
import { isReloadTicket } from '../../core/tickets/ticket.ts';
import type { EpochMs } from '../../core/units.ts';
import type { LedgerDocument, LedgerType } from '../ledger-document.ts';

/** A document of one type. */
export type DocumentOf<T extends LedgerType> = Extract<LedgerDocument, { readonly type: T }>;

/** The fields of a document, also if there are two kinds of it. */
type FieldOf<Document> = Document extends unknown ? keyof Document : never;

/** When a document of one type is old enough to be removed. */
export interface RetentionRule<T extends LedgerType> {
  /**
   * Names of fields with instants. A final document counts as final since the latest of them and of `innerInstants`. If there
   * are none at all, it has been final for ever.
   */
  readonly instants: readonly (FieldOf<DocumentOf<T>> & string)[];
  readonly isFinal: (document: DocumentOf<T>) => boolean;
  /** Instants that are deeper in the document; absent if there are none. */
  readonly innerInstants?: (document: DocumentOf<T>) => readonly EpochMs[];
}

/**
 * The rule of each type (docs/ledger.md, "Retention"). If it is undefined, documents of the type are never removed: there
 * is only one of them for each tenant, app, channel, action or site, so they do not pile up.
 */
export const RETENTION_RULES: { readonly [T in LedgerType]: RetentionRule<T> | undefined } = {
  act: { instants: ['at'], isFinal: () => true },
  // An alert gets a new `lastAt` when it is raised again. But `unseen-app` is raised once, so its age says nothing.
  alert: { instants: ['at', 'lastAt'], isFinal: ({ kind, dueAt }) => kind !== 'unseen-app' && dueAt === undefined },
  app: undefined,
  channel: undefined,
  checkpoint: undefined,
  dead: {
    instants: ['storedAt', 'replayedAt', 'dismissedAt'],
    isFinal: ({ replayedAt, dismissedAt }) => replayedAt !== undefined || dismissedAt !== undefined,
  },
  // While another document names a definition (the compiled chains), `referencesOf` keeps it. The deployed one stays, too.
  definition: { instants: ['storedAt'], isFinal: () => true },
  event: {
    instants: ['storedAt', 'endedAt', 'reportedEnd', 'resolvedAt', 'recordedAt'],
    isFinal: ({ resolvedAt, dueAt }) => resolvedAt !== undefined && dueAt === undefined,
  },
  gate: undefined,
  hint: {
    instants: ['storedAt', 'reportedEnd', 'settledAt'],
    isFinal: ({ settledAt, dueAt }) => settledAt !== undefined && dueAt === undefined,
  },
  // The memory of a composite link, which waits for several apps. While the link is deployed, `planPurge` keeps the memory.
  join: {
    instants: [],
    isFinal: ({ open, dueAt }) => open.length === 0 && dueAt === undefined,
    innerInstants: ({ log, baseHalves, baseEnd, fired }) =>
      [...log, ...baseHalves, baseEnd, fired].flatMap((end) => end?.endedAt ?? []),
  },
  order: {
    instants: ['createdAt', 'postedAt', 'endedAt', 'gaveUpAt', 'calledOffAt'],
    isFinal: ({ state, dueAt }) => isFinal(state) && dueAt === undefined,
  },
  park: undefined,
  questions: undefined,
  rate: undefined,
  // The document `started` says for which orders (owed reloads) a reload was started. While they stay, `referencesOf` keeps it.
  started: { instants: [], isFinal: () => true },
  stat: undefined,
  tenant: undefined,
  // Tickets of questions stay. Otherwise an old question that becomes active again would be announced again.
  ticket: {
    instants: ['recoveredAt'],
    isFinal: (ticket) => isReloadTicket(ticket) && ticket.recoveredAt !== undefined,
  },
};
