/** The value that a figure must reach. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One line of a benchmark: our value, and that of a peer or a limit in the same run. */
export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly unit: 'µs' | 'ms' | 's' | 'kB' | 'MB' | 'per second' | 'per minute' | '';
  /** The peer's value, in the same unit. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** Ours and the peer's as one number. `name` says which one divides the other. */
  readonly ratio?: number;
  /** The bar for the ratio, or for `ours` if there is no ratio. A figure without a bar is only for information. */
  readonly bar?: Bar;
}

/** Whether a figure reaches its bar; true if it has none. */
export function isReached({ ours, ratio = ours, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return 'atLeast' in bar ? ratio >= bar.atLeast : ratio <= bar.atMost;
}
