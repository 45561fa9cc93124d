import type { EpochMs } from '../../src/core/units.ts';
import { instantsIn } from '../model/instants-in.ts';
import { Instant } from './instant.tsx';

/**
 * Shows a sentence that the command line has, too. Such sentences come from `src/core`, with instants in UTC. The page
 * shows these instants in the device's time zone.
 */
export function Sentence({ text, now }: { readonly text: string; readonly now: EpochMs }) {
  return (
    <>
      {instantsIn(text, now).map((part, index) =>
        typeof part === 'string' ? part : <Instant key={`${index} ${part}`} at={part} now={now} />,
      )}
    </>
  );
}
