import type { Run } from './run-seed.ts';
import type { RunResult } from './run-world.ts';
import { FAULT_NAMES } from './world/faults.ts';

/** A violation, and the smallest run that was found to show it. */
export interface Shrunk {
  readonly run: Run;
  readonly result: RunResult;
  /** How many smaller runs were tried. */
  readonly tries: number;
}

const FEWEST_APPS = 2;

/**
 * Looks for a smaller run with a violation of the same kind. It tries fewer hours and fewer apps, and switches faults
 * off one by one.
 *
 * @param mostTries - how many runs it may try.
 */
export async function shrink(
  found: { readonly run: Run; readonly result: RunResult },
  tryRun: (run: Run) => Promise<RunResult>,
  mostTries = 120,
): Promise<Shrunk> {
  let { run, result } = found;
  let tries = 0;
  const isStill = async (smaller: Run): Promise<boolean> => {
    if (tries >= mostTries) return false;
    tries += 1;
    const tried = await tryRun(smaller);
    if (tried.violation?.kind !== result.violation?.kind) return false;
    [run, result] = [smaller, tried];
    return true;
  };
  while (run.hours > 1 && (await isStill({ ...run, hours: Math.ceil(run.hours / 2) })));
  for (const name of FAULT_NAMES)
    if (!run.without.includes(name)) await isStill({ ...run, without: [...run.without, name] });
  while (
    run.apps > FEWEST_APPS &&
    (await isStill({ ...run, apps: Math.max(FEWEST_APPS, Math.floor(run.apps * 0.7)) }))
  );
  while (run.hours > 1 && (await isStill({ ...run, hours: run.hours - 1 })));
  return { run, result, tries };
}
