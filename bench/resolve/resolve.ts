import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildActions } from '../../build/build-actions.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { planOrders } from '../../src/core/plan-orders.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { seededRandom } from '../seeded-random.ts';
import { median } from '../statistics.ts';
import { manyChains, randomEvents } from './many-chains.ts';

const FEW = 100;
const MANY = 10_000;
const EVENTS = 20_000;
const WARM_UP_ROUNDS = 5;
const ROUNDS = 25;
const SEED = 20_201_117;

const LEAST_PER_SECOND = 200_000;
const MOST_OF_FEW = 1.5;

/** Looks one event up and returns how many reloads follow. */
type LookUp = (event: ReloadFinished) => number | Promise<number>;

interface Measured {
  readonly perSecondFew: number;
  readonly perSecondMany: number;
}

/**
 * Measures the decision about one event: by the core function alone, and by the built bundle with everything that an
 * action does.
 */
export const resolveBench: Bench = {
  name: 'resolve',
  about: `what follows from an event, with ${FEW} chains and with ${MANY}`,
  async run(say) {
    say(`Seed ${SEED}. Medians of ${ROUNDS} rounds of ${EVENTS} events after ${WARM_UP_ROUNDS} to warm up.`);
    const [few, many] = [manyChains(FEW), manyChains(MANY)];
    const core = await measure(coreLookUp(few), coreLookUp(many));
    return [...coreFigures(core), ...bundleFigures(await measureBundles(few, many))];
  },
};

/** The look-up of the core function. As in the bundle, it parses the chains from text. */
function coreLookUp(compiled: CompiledChains): LookUp {
  const { links } = JSON.parse(JSON.stringify(compiled)) as CompiledChains;
  return (event) => planOrders([event], links).orders.length;
}

async function measure(few: LookUp, many: LookUp): Promise<Measured> {
  const random = seededRandom(SEED);
  const [fewEvents, manyEvents] = [randomEvents(FEW, EVENTS, random), randomEvents(MANY, EVENTS, random)];
  const rounds: { few: number; many: number }[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const taken = { few: await timeOf(few, fewEvents), many: await timeOf(many, manyEvents) };
    if (round >= 0) rounds.push(taken);
  }
  const perSecond = (takenMs: readonly number[]): number => (EVENTS / median(takenMs)) * 1_000;
  return { perSecondFew: perSecond(rounds.map(({ few }) => few)), perSecondMany: perSecond(rounds.map((r) => r.many)) };
}

async function timeOf(lookUp: LookUp, events: readonly ReloadFinished[]): Promise<number> {
  const startedAt = performance.now();
  let orders = 0;
  for (const event of events) {
    const found = lookUp(event);
    orders += typeof found === 'number' ? found : await found;
  }
  const takenMs = performance.now() - startedAt;
  if (orders !== events.length) throw new Error(`${events.length} events called for ${orders} reloads.`);
  return takenMs;
}

/** Measures the bundle's `main`, called as by the runtime, one event at a time, without its log. */
async function measureBundles(few: CompiledChains, many: CompiledChains): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-'));
  try {
    const load = async (name: string, compiled: CompiledChains): Promise<LookUp> => {
      await buildActions(compiled, join(folder, name));
      const bundle = createRequire(import.meta.url)(join(folder, name, 'actions', 'resolver.js'));
      return async (event) => {
        const batch = { traceId: '0'.repeat(32), source: 'webhook', receivedAt: 0, events: [event], ignored: [] };
        return (await bundle.main({ batch, LOG_LEVEL: 'error' })).plan.orders.length;
      };
    };
    return await measure(await load('few', few), await load('many', many));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const coreFigures = ({ perSecondFew, perSecondMany }: Measured): readonly Figure[] => [
  { name: `look-ups, ${FEW} chains`, ours: perSecondFew, unit: 'per second', bar: { atLeast: LEAST_PER_SECOND } },
  { name: `look-ups, ${MANY} chains`, ours: perSecondMany, unit: 'per second', bar: { atLeast: LEAST_PER_SECOND } },
  {
    name: `time of one, ${MANY} chains, of that with ${FEW}`,
    ours: 1_000_000 / perSecondMany,
    unit: 'µs',
    peer: { name: `${FEW} chains`, value: 1_000_000 / perSecondFew },
    ratio: perSecondFew / perSecondMany,
    bar: { atMost: MOST_OF_FEW },
  },
];

const bundleFigures = ({ perSecondFew, perSecondMany }: Measured): readonly Figure[] => [
  {
    name: `whole runs of the bundle, ${MANY} chains`,
    ours: perSecondMany,
    unit: 'per second',
    peer: { name: `${FEW} chains`, value: perSecondFew },
    ratio: perSecondFew / perSecondMany,
  },
];
