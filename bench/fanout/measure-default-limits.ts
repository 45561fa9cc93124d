import { DEFAULT_HOST_LIMITS } from '../../local/host/start-host.ts';
import type { Figure } from '../figure.ts';
import { type Rig, startRig } from '../support/start-rig.ts';
import { measureFanOut, measureLoop } from './measure-round.ts';

const MINUTE_MS = 60_000;
/** The webhook's own invocation, and those that the invoker keeps in reserve. */
const RESERVED = 4;

/**
 * Measures the same fan-outs, once each, on a host with OpenWhisk's default limits. When a minute is spent, it waits
 * for the next.
 */
export async function measureDefaultLimits(sizes: readonly number[], latencyMs: number): Promise<readonly Figure[]> {
  const rig = await startRig({ sizes, limits: DEFAULT_HOST_LIMITS, latencyMs });
  const spend = minuteSpender();
  try {
    const figures: Figure[] = [];
    for (const size of sizes) {
      // This fan-out only warms the containers up.
      await spend(size);
      await measureFanOut(rig, size);
      await spend(size);
      figures.push(await measureOnce(rig, size));
    }
    return figures;
  } finally {
    await rig.close();
  }
}

async function measureOnce(rig: Rig, size: number): Promise<Figure> {
  const { fromFirstCallMs: ours } = await measureFanOut(rig, size);
  const loopMs = await measureLoop(rig, size);
  const peer = { name: 'sequential loop', value: loopMs };
  return { name: `N = ${size}, warm, default limits, once`, ours, unit: 'ms', peer, ratio: loopMs / ours };
}

/** Counts invocations, and waits for the next wall-clock minute before one that would not fit. */
function minuteSpender(): (size: number) => Promise<void> {
  let [minute, spent] = [-1, 0];
  const begin = (): void => {
    const present = Math.floor(Date.now() / MINUTE_MS);
    if (present !== minute) spent = 0;
    minute = present;
  };
  return async (size) => {
    begin();
    if (spent + size + RESERVED > DEFAULT_HOST_LIMITS.invocationsPerMinute) {
      await new Promise((resolve) => setTimeout(resolve, MINUTE_MS - (Date.now() % MINUTE_MS) + 500));
      begin();
    }
    spent += size + 1;
  };
}
