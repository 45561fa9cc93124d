import type { Environment } from '../../src/deploy/environment.ts';

/** What a racer is told at its start; a second message sets it off. */
export interface RacerWanted {
  /** That name the store. */
  readonly settings: Environment;
  readonly owner: string;
  /** How many there are. */
  readonly orders: number;
  /** Which of them it tries first; after the last it goes on at the first. */
  readonly first: number;
}

export interface RacerReady {
  /** Orders that it has read. */
  readonly read: number;
}

export interface RacerResult {
  readonly won: readonly string[];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
}
