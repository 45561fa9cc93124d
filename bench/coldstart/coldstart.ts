import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuiltAction, buildActions } from '../../build/build-actions.ts';
import { buildProxy } from '../../local/host/containers/container.ts';
import { startGuard } from '../../local/host/containers/processes.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { EMPTY_ACTION } from '../support/deploy-bundles.ts';
import { fanOutChains, targetOf } from '../support/fan-out-chains.ts';
import type { TenantReady, TenantWanted } from '../support/processes.ts';
import { startProcess } from '../support/start-process.ts';
import { type FirstRun, type RunPlace, timeFirstRun } from './first-run.ts';
import { firstRuns, SIZE } from './first-runs.ts';
import { startStub } from './openwhisk-stub.ts';
import { unbundledModules } from './unbundled-modules.ts';

const WARM_UP_ROUNDS = 3;
const ROUNDS = 25;
/** How many times the time of an empty action each action may take. */
const MOST_OF_EMPTY: Readonly<Record<string, number>> = { receiver: 1.3, resolver: 1.3, invoker: 1.8, reload: 1.8 };
const MOST_KB = 150;

/** Measures process start, init and first run of each bundle, beside an empty action, and the sizes of the bundles. */
export const coldstart: Bench = {
  name: 'coldstart',
  about: 'process start + init + first run of each bundle, beside an empty action',
  async run(say) {
    say(`Medians of ${ROUNDS} rounds after ${WARM_UP_ROUNDS} to warm up; the tenant and the host answer at once.`);
    const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-'));
    try {
      const weights = await weigh(await buildActions({ links: {}, apps: {} }, join(folder, 'bare')));
      const bundles = await buildActions(fanOutChains([SIZE]), join(folder, 'built'));
      return [...(await measureIn(folder, bundles)), ...weights];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureIn(folder: string, bundles: readonly BuiltAction[]): Promise<readonly Figure[]> {
  const { appId } = targetOf(0);
  const switches = { 'api.reloadsPer5Min': 1_000_000 };
  const wanted: TenantWanted = { switches, apps: [{ id: appId, name: appId }] };
  const tenant = await startProcess<TenantReady>('./tenant-process.ts', wanted);
  const stub = await startStub();
  const guard = startGuard(folder);
  try {
    const file = join(folder, 'empty.js');
    await writeFile(file, EMPTY_ACTION);
    const empty: FirstRun = { name: 'empty', file, params: {}, apiHost: stub.url, isFine: () => true };
    const runs = [empty, ...firstRuns(bundles, tenant.ready, stub.url)];
    return figuresOf(await measureRounds(runs, { folder, proxyFile: await buildProxy(folder), guard }));
  } finally {
    await guard.close();
    await Promise.all([tenant.close(), stub.close()]);
  }
}

async function measureRounds(runs: readonly FirstRun[], place: RunPlace): Promise<ReadonlyMap<string, number>> {
  const taken = new Map<string, number[]>(runs.map(({ name }) => [name, []]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const run of runs) {
      const takenMs = await timeFirstRun(run, place);
      if (round >= 0) taken.get(run.name)?.push(takenMs);
    }
  }
  return new Map([...taken].map(([name, values]) => [name, median(values)]));
}

function figuresOf(medians: ReadonlyMap<string, number>): readonly Figure[] {
  const emptyMs = medians.get('empty') ?? Number.NaN;
  return Object.entries(MOST_OF_EMPTY).map(([name, atMost]) => {
    const ours = medians.get(name) ?? Number.NaN;
    const peer = { name: 'empty action', value: emptyMs };
    return { name: `${name}, of an empty action`, ours, unit: 'ms', peer, ratio: ours / emptyMs, bar: { atMost } };
  });
}

async function weigh(bundles: readonly BuiltAction[]): Promise<readonly Figure[]> {
  // The dashboard's has the page in it, which `page-weight` measures.
  const sizes = bundles
    .filter(({ name }) => name !== 'dashboard')
    .map(({ name, bytes }): Figure => {
      return { name: `${name}, without chains`, ours: bytes / 1_000, unit: 'kB', bar: { atMost: MOST_KB } };
    });
  const modules = await Promise.all(bundles.map(async ({ file }) => unbundledModules(await readFile(file, 'utf8'))));
  const unbundled = modules.flat();
  const names = unbundled.length === 0 ? '' : `: ${unbundled.join(', ')}`;
  return [...sizes, { name: `modules not bundled${names}`, ours: unbundled.length, unit: '', bar: { atMost: 0 } }];
}
