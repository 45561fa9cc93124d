import type { Place } from './place.ts';

/** What this process has asked of one host in one minute. */
interface Spent {
  minute: number;
  readonly calls: { invoke: number; fire: number };
}

const spentAt = new Map<string, Spent>();
// This process does not see the calls that actions make themselves, so it leaves room for them.
const SPARE = 5;

/** Counts an invoke or a fire. If this minute's limit is used up, it first waits for the host's next minute. */
export async function pace(place: Place, what: 'invoke' | 'fire', allowedPerMinute: number): Promise<void> {
  if (thisMinute(place.url).calls[what] >= allowedPerMinute - SPARE) await place.nextMinute();
  thisMinute(place.url).calls[what] += 1;
}

/** Counts a call without waiting. */
export function count(place: Place, what: 'invoke' | 'fire'): void {
  thisMinute(place.url).calls[what] += 1;
}

function thisMinute(url: string): Spent {
  const minute = Math.floor(Date.now() / 60_000);
  const known = spentAt.get(url);
  if (known?.minute === minute) return known;
  const begun = { minute, calls: { invoke: 0, fire: 0 } };
  spentAt.set(url, begun);
  return begun;
}
