import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Environment } from '../../src/deploy/environment.ts';
import { inParallel } from '../host/in-parallel.ts';
import { type Part, startProcess } from '../support/start-process.ts';
import type { RacerReady, RacerResult, RacerWanted } from './racer-messages.ts';

export interface Racers {
  /** Starts all racers at once, and waits for the last. */
  race(): Promise<readonly RacerResult[]>;
  close(): Promise<void>;
}

/**
 * The number of groups. All racers of a group begin with the same order, and each group with another. If all began with
 * the same order, the first in the queue would stay first.
 */
export const GROUPS = 8;
const STARTED_AT_ONCE = 4;
const RACE_PATIENCE_MS = 600_000;

/**
 * Starts so many processes, each of which reads all orders. Their code is bundled, as sixty-four compilers would take
 * minutes.
 */
export async function startRacers(count: number, orders: number, settings: Environment): Promise<Racers> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-race-'));
  const outfile = join(folder, 'racer.mjs');
  const entry = fileURLToPath(new URL('racer.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
  const parts: Part<RacerReady>[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(parts.map((part) => part.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await inParallel(count, STARTED_AT_ONCE, async (index) => {
      const first = Math.floor(((index % GROUPS) * orders) / GROUPS);
      const wanted = { settings, orders, owner: `racer-${index}`, first } satisfies RacerWanted;
      const part = await startProcess<RacerReady>(outfile, wanted, []);
      parts.push(part);
      if (part.ready.read !== orders)
        throw new Error(`Racer ${index} has read ${part.ready.read} of ${orders} orders.`);
    });
  } catch (error) {
    await close();
    throw error;
  }
  const race = () => Promise.all(parts.map((part) => part.ask({}, RACE_PATIENCE_MS) as Promise<RacerResult>));
  return { race, close };
}
