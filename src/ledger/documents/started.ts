import type { OrderId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';
import {
  isBoolean,
  isCountFrom,
  isInstant,
  isListOf,
  isText,
  isTextLike,
  maybe,
  readerOf,
} from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `started:<tenant>:<reloadId>`: for which order (a reload that Cascade owes) Qlik's reload was started. When a reload
 * ends, Cascade finds its order by this document if Qlik's record of the reload does not name the order.
 *
 * If Qlik answered the order's POST with this reload (status 201), the reload certainly is the order's. If Qlik's
 * answer was lost, the order may take a reload of Qlik's list for its own (it adopts the reload), which may be a guess.
 *
 * Invariant: it is created with the answer 201, or before an adoption is written. A certain order replaces a guess in
 * `order`, never the other way. An order that shares a guess is in `also`.
 */
export interface StartedDocument extends StoredAs<'started'> {
  readonly order: OrderId;
  /** Other orders that took the reload for their own, mostly by a guess. */
  readonly also: readonly OrderId[];
  /** True if `order` only guessed that the reload is its own. */
  readonly isGuess: boolean;
  /** Which attempt of `order` the reload is, from 1. Only if the order may have several. */
  readonly try?: number;
  /**
   * The order's place in its run, which is all that followed from one end or one reload by hand: how many orders lead
   * from the start of the run to this one, and the id of the document at the start.
   */
  readonly hops: number;
  readonly root: string;
  /** When `cascade replay` last ordered again what follows the reload. */
  readonly replayedAt?: EpochMs;
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
    replayedAt: maybe(isInstant),
  },
  /^started:[a-z0-9-]+:.+$/,
);
