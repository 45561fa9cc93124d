import { seededRandom } from '../seeded-random.ts';
import { percentile } from '../statistics.ts';

/** How often the days are drawn again. */
const DRAWS = 1_000;

/**
 * Between which values a figure of some days lies in 95 of 100 cases, if other days of the same kind had come. It draws
 * as many days from these as there are, again and again, and a day may be drawn more than once (a bootstrap).
 */
export function byChance<T>(
  days: readonly T[],
  figureOf: (days: readonly T[]) => number,
): { readonly least: number; readonly most: number } {
  const random = seededRandom(1);
  const draw = (): readonly T[] =>
    days.flatMap(() => {
      const day = days[Math.floor(random() * days.length)];
      return day === undefined ? [] : [day];
    });
  const figures = Array.from({ length: DRAWS }, () => figureOf(draw()));
  return { least: percentile(figures, 2.5), most: percentile(figures, 97.5) };
}
