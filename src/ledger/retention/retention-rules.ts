import { isFinal } from '../../core/order-state.ts';
import type { LedgerDocument, LedgerType } from '../ledger-document.ts';

/** A document of one type. */
export type DocumentOf<T extends LedgerType> = Extract<LedgerDocument, { readonly type: T }>;

/** When a document of one type is old enough to be removed. */
export interface RetentionRule<T extends LedgerType> {
  /**
   * Fields with instants. A document that is final became so at the latest of them. Empty: it counts as old from the
   * beginning.
   */
  readonly instants: readonly (keyof DocumentOf<T> & string)[];
  /** Whether the document is final, that is, nothing is left to be done with it. */
  readonly isFinal: (document: DocumentOf<T>) => boolean;
}

/**
 * For each type, when a document may be removed (docs/ledger.md, "Retention"). Undefined: never. There is only one
 * document of such a type for each tenant, app or link, so these do not pile up.
 */
export const RETENTION_RULES: { readonly [T in LedgerType]: RetentionRule<T> | undefined } = {
  act: { instants: ['at'], isFinal: () => true },
  // `unseen-app` keeps its first time while its reason lasts. Other alerts get a new `lastAt`.
  alert: { instants: ['at', 'lastAt'], isFinal: ({ kind, dueAt }) => kind !== 'unseen-app' && dueAt === undefined },
  app: undefined,
  channel: undefined,
  checkpoint: undefined,
  dead: {
    instants: ['storedAt', 'replayedAt', 'dismissedAt'],
    isFinal: ({ replayedAt, dismissedAt }) => replayedAt !== undefined || dismissedAt !== undefined,
  },
  // A definition stays while a document names it, or `deployed` does.
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
  join: undefined,
  order: {
    instants: ['createdAt', 'postedAt', 'endedAt', 'gaveUpAt', 'calledOffAt'],
    isFinal: ({ state, dueAt }) => isFinal(state) && dueAt === undefined,
  },
  park: undefined,
  rate: undefined,
  // It is removed with its orders: see `referencesOf`.
  started: { instants: [], isFinal: () => true },
  stat: undefined,
  tenant: undefined,
  ticket: { instants: ['recoveredAt'], isFinal: ({ recoveredAt }) => recoveredAt !== undefined },
};
