import { type RunResult, runWorld } from './run-world.ts';
import type { FaultName } from './world/faults.ts';
import { SCENARIOS, type ScenarioName } from './world/scenarios.ts';
import type { TraceLine } from './world/trace.ts';
import type { WorldOptions } from './world/world.ts';

/** One run, as it can be told to another process: the same gives the same trace. */
export interface Run {
  readonly seed: number;
  readonly hours: number;
  readonly apps: number;
  readonly scenario: ScenarioName;
  /** Faults that do not happen. */
  readonly without: readonly FaultName[];
}

/** Mistakes between the actions and their store or tenant. */
export type Planted = Pick<WorldOptions, 'wrapStore' | 'wrapQlik'>;

export const APPS = 12;

export const runSeed = (
  { scenario, ...run }: Run,
  write?: (line: TraceLine) => void,
  planted: Planted = {},
): Promise<RunResult> =>
  runWorld({ ...run, scenario: SCENARIOS[scenario], ...(write === undefined ? {} : { write }), ...planted });
