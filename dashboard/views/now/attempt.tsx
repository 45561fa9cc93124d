import type { NextAttempt } from '../../../src/core/runs/attempt-words.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { Instant } from '../../ui/instant.tsx';

/** Says which attempt of a reload follows or runs, after one that failed. Shows nothing if there is none. */
export function Attempt({ attempt, now }: { readonly attempt: NextAttempt | undefined; readonly now: EpochMs }) {
  if (attempt === undefined) return null;
  const { words, at } = attempt;
  return (
    <>
      {`, ${words}`}
      {at !== undefined && (
        <>
          {' at '}
          <Instant at={at} now={now} />
        </>
      )}
      , after a failure
    </>
  );
}
