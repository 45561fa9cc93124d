/*
 * Histograms of how long actions ran, for the metrics. Instead of each duration, they keep how many fell between two
 * bounds. So they stay small however many activations (runs of actions) there are. The action `meter` fills them, and
 * the web action `metrics` prints them for Prometheus.
 */

/** How many durations fell between two bounds, and their sum. */
export interface Histogram {
  /** One count for each bound (durations up to it, and above the bound before), then one for all above the last. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** The upper bounds of the histograms, in milliseconds. They must not change, because stored counts belong to them. */
export const BOUNDS_MS = {
  duration: [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000],
  init: [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** A histogram without any duration. */
export const emptyHistogram = (bounds: readonly number[]): Histogram => ({
  counts: [...bounds.map(() => 0), 0],
  sumMs: 0,
});

/** The histogram with more durations in it, in milliseconds. */
export function withDurations(
  { counts, sumMs }: Histogram,
  bounds: readonly number[],
  more: readonly number[],
): Histogram {
  const next = [...counts];
  for (const durationMs of more) {
    const at = bounds.findIndex((bound) => durationMs <= bound);
    const place = at < 0 ? bounds.length : at;
    next[place] = (next[place] ?? 0) + 1;
  }
  return { counts: next, sumMs: more.reduce((sum, durationMs) => sum + durationMs, sumMs) };
}
