import { type RunResult, runWorld } from './run-world.ts';
import type { FaultName } from './world/faults.ts';
import { SCENARIOS, type ScenarioName } from './world/scenarios.ts';
import type { TraceLine } from './world/trace.ts';
import type { WorldOptions } from './world/world.ts';

/** One run, in a form that can be sent to another process. The same `Run` gives the same trace. */
export interface Run {
  readonly seed: number;
  readonly hours: number;
  readonly apps: number;
  readonly scenario: ScenarioName;
  /** Faults that do not happen. */
  readonly without: readonly FaultName[];
}

/** Mistakes that a test plants between the actions and their store or tenant. */
export type Planted = Pick<WorldOptions, 'wrapStore' | 'wrapQlik'>;

export const APPS = 12;

export const runSeed = (
  { scenario, ...run }: Run,
  write?: (line: TraceLine) => void,
  planted: Planted = {},
): Promise<RunResult> =>
  runWorld({ ...run, scenario: SCENARIOS[scenario], ...(write === undefined ? {} : { write }), ...planted });
