import { waitsIn } from '../../src/core/runs/count-waits.ts';
import type { EventFact, LabelOf } from '../../src/core/runs/facts.ts';
import { notReloadedWords } from '../../src/core/runs/skip-words.ts';
import { linkWords } from '../../src/core/runs/wait-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { PageDocuments } from './documents.ts';

/**
 * Says why an end (a reload that ended) did not set a link off, as `cascade runs` does. If the link waited for other
 * apps then, it says what has become of that since.
 */
export function notSetOff(
  skip: NonNullable<EventFact['skips']>[number],
  documents: Pick<PageDocuments, 'of'>,
  labelOf: LabelOf,
  now: EpochMs,
): string {
  if (!('target' in skip)) return notReloadedWords(skip, labelOf);
  return linkWords(skip, waitsIn([...documents.of('join').values()], now).waitOf, labelOf);
}
