import type { FaultName, Faults } from './faults.ts';
import type { Random } from './random.ts';

/** From when until when something is wrong, at world time. */
interface Spell {
  readonly from: number;
  readonly until: number;
  readonly of?: string;
}

interface Wanted {
  readonly aDay: number;
  readonly shortestMs: number;
  readonly longestMs: number;
}

const MINUTE_MS = 60_000;
const WANTED = {
  'store-outage': { aDay: 2, shortestMs: 5_000, longestMs: 20 * MINUTE_MS },
  'tenant-outage': { aDay: 1, shortestMs: 10_000, longestMs: 60 * MINUTE_MS },
  'rate-limited': { aDay: 5, shortestMs: 10_000, longestMs: 6 * MINUTE_MS },
  'sweeps-paused': { aDay: 0.4, shortestMs: 30 * MINUTE_MS, longestMs: 5 * 60 * MINUTE_MS },
  'over-quota': { aDay: 3, shortestMs: 5 * MINUTE_MS, longestMs: 100 * MINUTE_MS },
  // It must stay last, so that the spells drawn before it do not change.
  'no-token': { aDay: 3, shortestMs: 10_000, longestMs: 20 * MINUTE_MS },
} as const satisfies Partial<Record<FaultName, Wanted>>;

export type SpellName = keyof typeof WANTED;

/** The times when a part of the world does not work. They are drawn beforehand. */
export class Spells {
  readonly #spells = new Map<SpellName, readonly Spell[]>();
  readonly #faults: Faults;

  /** @param subjects - what each spell may be about, such as apps. */
  constructor(
    random: Random,
    faults: Faults,
    { from, until, factor }: { readonly from: number; readonly until: number; readonly factor: number },
    subjects: readonly string[],
  ) {
    this.#faults = faults;
    const days = (until - from) / (24 * 60 * MINUTE_MS);
    for (const name of Object.keys(WANTED) as SpellName[]) {
      const { aDay, shortestMs, longestMs } = WANTED[name];
      const count = Math.floor(aDay * factor * days * 2 * random.next() + 0.5);
      const spells = Array.from({ length: count }, () => {
        const start = random.between(from, until);
        const of = name === 'over-quota' ? random.pick(subjects) : undefined;
        const spell = { from: start, until: start + random.between(shortestMs, longestMs) };
        return of === undefined ? spell : { ...spell, of };
      });
      this.#spells.set(name, spells);
    }
  }

  /** The end of the spell that lasts at world time `now`; 0 if there is none. */
  until(name: SpellName, now: number, subject?: string): number {
    if (!this.#faults.may(name)) return 0;
    const open = (this.#spells.get(name) ?? []).filter(
      ({ from, until, of }) => from <= now && now < until && of === subject,
    );
    return Math.max(0, ...open.map(({ until }) => until));
  }

  /** Whether the spell lasts. Counts it if it does. */
  isMet(name: SpellName, now: number, subject?: string): boolean {
    const isOpen = this.until(name, now, subject) > 0;
    if (isOpen) this.#faults.count(name);
    return isOpen;
  }
}
