import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { instantsIn } from '../model/instants-in.ts';
import { ordersIn } from '../model/orders-in.ts';
import { hrefTo } from '../routes.ts';
import { Instant } from './instant.tsx';

interface SentenceProps {
  readonly text: string;
  readonly now: EpochMs;
  /** If given, the ids of orders (reloads that Cascade owes) become links with the names of their apps. */
  readonly labelOf?: LabelOf;
}

/**
 * Shows a sentence that the command line has, too. Such sentences come from `src/core`, with instants in UTC. The page
 * shows these instants in the device's time zone.
 */
export function Sentence({ text, now, labelOf }: SentenceProps) {
  const parts = labelOf === undefined ? [text] : ordersIn(text);
  return (
    <>
      {parts.map((part) =>
        typeof part === 'string' ? (
          instantsIn(part, now).map((each, index) =>
            typeof each === 'string' ? each : <Instant key={`${index} ${each}`} at={each} now={now} />,
          )
        ) : (
          <a key={part.id} href={hrefTo('runs', [part.id])} title={part.id}>
            {part.isAlone ? 'Its run' : `the reload of ${labelOf?.(part.app)}`}
          </a>
        ),
      )}
    </>
  );
}
