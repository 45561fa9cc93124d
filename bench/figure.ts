/** What a figure has to reach. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One line of a benchmark: our value, beside a peer's or a limit of the same run. */
export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly unit: 'µs' | 'ms' | 's' | 'kB' | 'MB' | 'per second' | 'per minute' | '';
  /** What ours stands beside, in the same unit. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** Ours and the peer's as one number: which one divides the other is said in `name`. */
  readonly ratio?: number;
  /** Of the ratio, or of `ours` if there is none; a figure without a bar is there to be read. */
  readonly bar?: Bar;
}

/** Whether a figure reaches its bar; true if it has none. */
export function isReached({ ours, ratio = ours, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return 'atLeast' in bar ? ratio >= bar.atLeast : ratio <= bar.atMost;
}
