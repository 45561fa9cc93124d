/**
 * Runs days of one scenario, seed after seed, until one fails by one of the kinds. Arguments: `SCENARIO SEEDS
 * KIND,KIND`. Output: a line of JSON.
 */
import { APPS, runSeed } from './run-seed.ts';
import type { ScenarioName } from './world/scenarios.ts';

/** The line of JSON. */
interface FirstFailure {
  /** The seed of the day that failed; absent if none did. */
  readonly seed?: number;
  /** The kind of its violation. */
  readonly kind?: string;
  /** Earlier days that failed by something else: `<kind> <seed>`. */
  readonly others: readonly string[];
}

const HOURS = 24;

async function firstFailure(scenario: ScenarioName, seeds: number, kinds: readonly string[]): Promise<FirstFailure> {
  const others: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { violation } = await runSeed({ seed, hours: HOURS, apps: APPS, scenario, without: [] });
    if (violation === undefined) continue;
    const { kind } = violation;
    if (kinds.includes(kind)) return { seed, kind, others };
    others.push(`${kind} ${seed}`);
  }
  return { others };
}

const [scenario, seeds, kinds = ''] = process.argv.slice(2);
console.log(JSON.stringify(await firstFailure(scenario as ScenarioName, Number(seeds), kinds.split(','))));
