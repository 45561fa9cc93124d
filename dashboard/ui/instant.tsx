import { instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';

// A browser needs about a millisecond to make one of these, so they are made once.
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** The text of an instant in the device's time zone: `07:06:12`, or `Tue 1 Dec, 07:06:12` if it is not today. */
export function localText(at: EpochMs, now: EpochMs): string {
  const time = TIME.format(at);
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? time : `${DAY.format(at)}, ${time}`;
}

/**
 * Shows an instant in the device's time zone. With the pointer on it, a person sees it in UTC, as the command line says
 * it.
 */
export function Instant({ at, now }: { readonly at: EpochMs; readonly now: EpochMs }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={instantText(at)}>
      {localText(at, now)}
    </time>
  );
}
