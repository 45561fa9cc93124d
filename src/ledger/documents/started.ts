import type { OrderId } from '../../core/names.ts';
import { isBoolean, isCountFrom, isListOf, isText, isTextLike, maybe, readerOf } from '../document-reader.ts';

/**
 * `started:<tenant>:<reloadId>`: for which order (a reload that Cascade owes) a reload was started. Cascade needs this document
 * if Qlik's records do not name the order. If Qlik's answer to a POST was lost, the order adopts a reload of Qlik's list.
 *
 * Invariant: it is created with the answer 201, or before an adoption is written. A certain order replaces a guess in
 * `order`, never the other way. An order that shares a guess is in `also`.
 */
export interface StartedDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'started';
  readonly order: OrderId;
  /** Other orders that took the same reload as theirs. */
  readonly also: readonly OrderId[];
  /** True if `order` only guessed that the reload is its own. */
  readonly isGuess: boolean;
  /** Which attempt of `order` the reload is, from 1. Only if the order may have several. */
  readonly try?: number;
  readonly hops: number;
  readonly root: string;
}

const isOrder = isTextLike(/^order:/);

/** Reads which order a reload is for. @throws CascadeError LEDGER_MALFORMED. */
export const readStarted = readerOf<StartedDocument>(
  'started',
  {
    order: isOrder,
    also: isListOf(isOrder),
    isGuess: isBoolean,
    try: maybe(isCountFrom(1)),
    hops: isCountFrom(0),
    root: isText,
  },
  /^started:[a-z0-9-]+:.+$/,
);
