import type { OrderId } from '../../core/names.ts';
import { isBoolean, isCountFrom, isListOf, isText, isTextLike, readerOf } from '../document-reader.ts';

/**
 * `started:<tenant>:<reloadId>`: which order a reload is for, where Qlik's records do not echo it.
 *
 * Invariant: it is created with a 201's answer, or before an adoption is written; who knows takes `order` from who guessed,
 * never the other way, and who shares a guess stands in `also`.
 */
export interface StartedDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'started';
  readonly order: OrderId;
  /** Orders that took the same reload for theirs. */
  readonly also: readonly OrderId[];
  /** True if `order` only guessed that the reload is its own. */
  readonly isGuess: boolean;
  readonly hops: number;
  readonly root: string;
}

const isOrder = isTextLike(/^order:/);

/** Reads which order a reload is for. @throws CascadeError LEDGER_MALFORMED. */
export const readStarted = readerOf<StartedDocument>(
  'started',
  { order: isOrder, also: isListOf(isOrder), isGuess: isBoolean, hops: isCountFrom(0), root: isText },
  /^started:[a-z0-9-]+:.+$/,
);
