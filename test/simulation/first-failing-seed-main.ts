/** Runs days of one scenario, seed after seed, until one fails: `SCENARIO SEEDS` → a line of JSON. */
import { APPS, runSeed } from './run-seed.ts';
import type { ScenarioName } from './world/scenarios.ts';

/** What it came to. */
interface FirstFailure {
  /** Absent if none failed. */
  readonly seed?: number;
  /** Of the violation. */
  readonly kind?: string;
}

const HOURS = 24;

async function firstFailure(scenario: ScenarioName, seeds: number): Promise<FirstFailure> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { violation } = await runSeed({ seed, hours: HOURS, apps: APPS, scenario, without: [] });
    if (violation !== undefined) return { seed, kind: violation.kind };
  }
  return {};
}

const [scenario, seeds] = process.argv.slice(2);
console.log(JSON.stringify(await firstFailure(scenario as ScenarioName, Number(seeds))));
