import type { Figure } from './figure.ts';

/** What a benchmark may tell while it runs. */
export type Say = (line: string) => void;

/** One benchmark: it measures ours beside a peer in the same run. */
export interface Bench {
  readonly name: string;
  /** One line for the list. */
  readonly about: string;
  run(say: Say): Promise<readonly Figure[]>;
}
