import { setTimeout as pause } from 'node:timers/promises';
import { ACTION_NAMES } from '../../build/build-actions.ts';
import type { AppRef } from '../../src/core/names.ts';
import { configuredDefinitions } from '../../src/deploy/configured-definitions.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { countStarts } from '../ledger/count-starts.ts';
import { scheduleEnds } from '../ledger/schedule-ends.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { type Silence, sweep, sweepUntilSilent } from '../ledger/sweep.ts';
import { seededRandom } from '../seeded-random.ts';
import { type Deployer, deployerTo } from '../support/deploy-bundles.ts';
import { countUndecided } from './count-undecided.ts';
import { earlierSources } from './earlier-sources.ts';
import { type RunApps, ruleVersions } from './rule-versions.ts';

const TIME_FACTOR = 0.1;
/** The time from one redeployment to the next, and from one run to the next. */
const PERIOD_MS = 1_200;
/** The time between the two halves of a redeployment. In it old and new steps work together. */
const HALF_MS = 500;
/** A sweep comes after so many redeployments. */
const SWEEP_EVERY = 5;
const PATIENCE_MS = 600_000;
const SEED = 7;

/**
 * An earlier commit. Its actions are deployed by turns with those of today, so that steps of two versions of the code
 * work on the same reloads. It is the first commit that notifies people. Since then there have been all actions that a
 * reload needs.
 */
const EARLIER = '3200fa92';

/** Deploys other chains again and again while runs go on. Each time only half of the actions get them first. */
const redeployOf = (name: string, count: number): Bench => ({
  name,
  about: `${count} redeployments in ${count} runs through the host’s API, that rename, change, remove and add links; steps of ${EARLIER} and of today mixed`,
  servers: { store: true, openwhisk: 'it replaces single actions' },
  async run(say, servers) {
    const { runs, versions } = ruleVersions(count);
    const [chains] = versions;
    if (chains === undefined) throw new Error('There is no version.');
    const rig = await startLedgerRig({ servers, chains, timeFactor: TIME_FACTOR }, say);
    const parts: { close(): Promise<void> }[] = [];
    try {
      const earlier = await earlierSources(EARLIER);
      parts.push(earlier);
      const deployers: Deployer[] = [];
      for (const [index, version] of versions.entries()) {
        const sources = isOfEarlierCode(index) && { sources: earlier.folder };
        deployers.push(await deployerTo(rig.host.ready, version, rig.env, { timeFactor: TIME_FACTOR, ...sources }));
      }
      parts.push(...deployers);
      const definitions = configuredDefinitions(rig.env);
      for (const version of versions) await definitions?.store(version);
      await scheduleEnds(
        rig.tenant,
        runs.map(({ root }) => root),
        count * PERIOD_MS,
      );
      const random = seededRandom(SEED);
      for (let number = 1; number <= count; number += 1) {
        const nextAt = performance.now() + PERIOD_MS;
        const index = number % versions.length;
        const [deployer, version] = [deployers[index], versions[index]];
        if (deployer === undefined || version === undefined) throw new Error('There is no such version.');
        await deployMixed(deployer, random);
        await definitions?.noteDeployed(definitionHash(version));
        // On a busy machine the store may not answer in time. The next sweep does the work then.
        if (number % SWEEP_EVERY === 0) await sweep(rig).catch(({ message }: Error) => say(message));
        await pause(Math.max(0, nextAt - performance.now()));
      }
      const earlierHashes = versions.filter((_, index) => isOfEarlierCode(index)).map(definitionHash);
      const silence = await sweepUntilSilent(rig, PATIENCE_MS);
      return await figuresOf(rig, runs, { ...silence, redeployments: count, earlierHashes }, say);
    } finally {
      for (const part of parts) await part.close();
      await rig.close();
    }
  },
});

/** Every second version of the chains is deployed with the actions of the earlier commit. */
const isOfEarlierCode = (version: number): boolean => version % 2 === 1;

/** Deploys half of the actions, drawn anew each time, and half a second later the others. */
async function deployMixed(deployer: Deployer, random: () => number): Promise<void> {
  const first = new Set<string>(ACTION_NAMES.filter(() => random() < 0.5));
  await deployer.deploy((action) => first.has(action));
  await pause(HALF_MS);
  await deployer.deploy((action) => !first.has(action));
}

interface Redeployed {
  readonly redeployments: number;
  /** The definitions of the versions that are deployed with the actions of the earlier commit. */
  readonly earlierHashes: readonly string[];
}

async function figuresOf(
  { tenant, store }: LedgerRig,
  runs: readonly RunApps[],
  { sweeps, due, redeployments, earlierHashes }: Silence & Redeployed,
  say: Say,
): Promise<readonly Figure[]> {
  const reloads = await tenant.reloads();
  const always = runs.flatMap(({ first, second, both }) => [first, second, both]);
  const changing = (of: (run: RunApps) => AppRef): readonly AppRef[] => runs.map(of);
  const starts = countStarts(reloads, always);
  const sometimes = countStarts(
    reloads,
    changing((run) => run.sometimes),
  );
  const rarely = countStarts(
    reloads,
    changing((run) => run.rarely),
  );
  const { events, unnamed, missing, decidedBy } = await countUndecided(store.reader);
  const byEarlier = earlierHashes.reduce((sum, hash) => sum + (decidedBy.get(hash) ?? 0), 0);
  say(`${events} events were decided by ${decidedBy.size} versions of the chains.`);
  return [
    { name: 'redeployments', ours: redeployments, unit: '', bar: { atLeast: runs.length } },
    { name: 'versions that decided', ours: decidedBy.size, unit: '', bar: { atLeast: 2 } },
    { name: `events decided by a resolver of ${EARLIER}`, ours: byEarlier, unit: '', bar: { atLeast: 1 } },
    { name: 'events decided by a resolver of today', ours: events - byEarlier, unit: '', bar: { atLeast: 1 } },
    {
      name: 'reloads that every version calls for, started once',
      ours: starts.once,
      unit: '',
      bar: { atLeast: always.length },
    },
    { name: 'of them stuck: never started', ours: starts.lost, unit: '', bar: { atMost: 0 } },
    { name: 'started twice', ours: starts.twice + sometimes.twice, unit: '', bar: { atMost: 0 } },
    {
      name: 'reloads that every second version calls for, started',
      ours: sometimes.once,
      unit: '',
      bar: { atLeast: 1 },
    },
    { name: 'reloads of a composite link that half of the versions have, started', ours: rarely.once, unit: '' },
    { name: 'of these started twice', ours: rarely.twice, unit: '', bar: { atMost: 0 } },
    { name: 'events whose chains the ledger does not have', ours: unnamed, unit: '', bar: { atMost: 0 } },
    { name: 'orders that an event’s own chains call for, missing', ours: missing, unit: '', bar: { atMost: 0 } },
    { name: `still due after ${sweeps} sweeps, the last silent`, ours: due, unit: '', bar: { atMost: 0 } },
  ];
}

const COUNT = 200;
const SMALL = 20;

export const redeploy = redeployOf('redeploy', COUNT);
export const redeploySmall = redeployOf('redeploy --small', SMALL);
