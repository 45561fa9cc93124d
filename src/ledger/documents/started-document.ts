import type { OrderId } from '../../core/names.ts';

/**
 * `started:<tenant>:<reloadId>`: which order a reload is for, where Qlik's records do not echo it.
 *
 * Invariant: it is created with a 201's answer, or before an adoption is written; so no reload is guessed by two orders.
 */
export interface StartedDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'started';
  readonly order: OrderId;
  /** Orders that took the same reload for theirs. */
  readonly also: readonly OrderId[];
  /** True where `order` only guessed that the reload is its own. */
  readonly isGuess: boolean;
  readonly hops: number;
  readonly root: string;
}
