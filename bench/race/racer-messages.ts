import type { Environment } from '../../src/deploy/environment.ts';

/** The options of a racer's process. A second message starts its race. */
export interface RacerWanted {
  /** The settings that name the store. */
  readonly settings: Environment;
  readonly owner: string;
  /** How many orders there are. */
  readonly orders: number;
  /** The order that it tries first. After the last order it goes on with order 0. */
  readonly first: number;
}

export interface RacerReady {
  /** How many orders it has read. */
  readonly read: number;
}

export interface RacerResult {
  readonly won: readonly string[];
  /** When it started to race, in epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
}
