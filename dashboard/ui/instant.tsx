import { instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
const DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' };

/** The text of an instant in the device's time zone: `07:06:12`, or `Tue 1 Dec, 07:06:12` if it is not today. */
export function localText(at: EpochMs, now: EpochMs): string {
  const time = new Intl.DateTimeFormat('en-GB', TIME).format(at);
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? time : `${new Intl.DateTimeFormat('en-GB', DAY).format(at)}, ${time}`;
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
