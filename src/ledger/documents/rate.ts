import type { OrderId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, isListOf, isObjectWith, isTextLike, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/** An order (a reload that Cascade owes) that was allowed to start. */
export interface CountedStart {
  readonly order: OrderId;
  /** When, by the store's clock. */
  readonly at: EpochMs;
}

/**
 * `rate:<tenant>:<app>`: which orders of an app were allowed to start in the last hour. With it, the action `reload`
 * limits the starts of an app (MAX_STARTS_PER_HOUR), so that apps which follow each other in a circle do not reload for
 * ever. Usually the limit MAX_HOPS does that: it limits how many orders follow one another. Only orders of which nobody
 * knows how many they follow are listed here.
 *
 * Invariant: an order is in the list before its POST is sent, and only once, however often it is tried. The oldest
 * comes first.
 */
export interface RateDocument extends StoredAs<'rate'> {
  readonly starts: readonly CountedStart[];
}

const isStart = isObjectWith({ order: isTextLike(/^order:/), at: isInstant });

/** Reads which orders of an app were allowed to start. @throws CascadeError LEDGER_MALFORMED. */
export const readRate = readerOf<RateDocument>(
  'rate',
  { starts: isListOf(isStart) },
  /^rate:[a-z0-9-]+:[A-Za-z0-9-]+$/,
);
