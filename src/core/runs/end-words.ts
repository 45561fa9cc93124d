import type { ReloadFinished } from '../reload-finished.ts';
import type { OrderFact } from './facts.ts';
import { TOO_LONG } from './order-words.ts';
import { outcomeWords } from './skip-words.ts';

/**
 * How a reload ended, as a verb. A reload that Cascade canceled since it exceeded the link's timeout ran too long; nobody
 * else canceled it.
 *
 * @param order - the order whose reload it was; undefined if nobody knows one.
 */
export const endWords = (
  { reloadId, outcome }: Pick<ReloadFinished, 'reloadId' | 'outcome'>,
  order: Pick<OrderFact, 'cancelRequestedAt'> | undefined,
): string =>
  outcome === 'canceled' && order?.cancelRequestedAt?.[reloadId] !== undefined ? TOO_LONG : outcomeWords(outcome);
