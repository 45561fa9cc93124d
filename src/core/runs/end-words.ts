/*
 * The words that say how a reload ended, such as "failed" or "was canceled". Commands and the dashboard use them in
 * their sentences.
 */

import type { ReloadFinished } from '../reload-finished.ts';
import { tooLongWords } from '../too-long.ts';
import type { EpochMs } from '../units.ts';
import type { LabelOf, OrderFact } from './facts.ts';
import { type CancelingOrder, isTooLong } from './order-words.ts';
import { outcomeWords } from './skip-words.ts';
import { shortInstantText } from './time-words.ts';

/**
 * The part of an order (a reload that Cascade owes) that says which of its reloads Cascade canceled, after which
 * timeout. Undefined if no order is known.
 */
type Owner = (CancelingOrder & Pick<OrderFact, 'policy'>) | undefined;

/**
 * How a reload ended, as a verb. If Cascade canceled the reload because it exceeded the `timeout` of the chain file,
 * the words say so.
 *
 * @param order - the order whose reload it was.
 */
export const endWords = (event: Pick<ReloadFinished, 'reloadId' | 'outcome' | 'error'>, order: Owner): string =>
  isTooLong(event, order) ? tooLongWords(order?.policy) : outcomeWords(event.outcome);

/** `Sales report failed at 02:14:05Z` */
export const endedWords = (event: ReloadFinished, order: Owner, labelOf: LabelOf, now: EpochMs): string =>
  `${labelOf(event)} ${endWords(event, order)} at ${shortInstantText(event.endedAt, now)}`;
