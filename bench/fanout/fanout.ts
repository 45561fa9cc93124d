import { RAISED_LIMITS } from '../../local/host/start-host.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { type Rig, startRig } from '../support/start-rig.ts';
import { putIdeal } from './ideal.ts';
import { measureDefaultLimits } from './measure-default-limits.ts';
import { measureFanOut, measureIdeal, measureLoop, measureStraight, type Taken } from './measure-round.ts';

const SIZES = [1, 5, 20, 50] as const;
type Size = (typeof SIZES)[number];

const LATENCY_MS = 50;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 9;
/** How many times faster than the loop a fan-out must be. With a single target it can only be slower. */
const FASTER = { 5: 3, 20: 8, 50: 12 } as const satisfies Record<Exclude<Size, 1>, number>;
const OF_THE_LOOP = 1.3;
const OF_THE_IDEAL = 1.5;

interface Round {
  readonly loopMs: number;
  readonly ours: Taken;
  readonly straightMs: number;
  readonly idealMs: number;
}

/** Measures a fan-out beside the paper's sequential loop, and beside an ideal without our code. */
export const fanout: Bench = {
  name: 'fanout',
  about: `one webhook, N reloads, beside a sequential loop (a tenant that takes ${LATENCY_MS} ms for a call)`,
  async run(say) {
    const raised = await measureRaisedLimits(say);
    say('Now with the host’s default limits: waiting for a new minute whenever one is spent.');
    return [...raised, ...(await measureDefaultLimits(SIZES, LATENCY_MS))];
  },
};

async function measureRaisedLimits(say: Say): Promise<readonly Figure[]> {
  say(`Host limits raised. Medians of ${ROUNDS} rounds after ${WARM_UP_ROUNDS} to warm up.`);
  const rig = await startRig({ sizes: SIZES, limits: RAISED_LIMITS, latencyMs: LATENCY_MS });
  try {
    await putIdeal(rig);
    const cold = await measureCold(rig);
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
      await measureFanOut(rig, Math.max(...SIZES));
      await measureIdeal(rig, Math.max(...SIZES));
    }
    const rounds = new Map<Size, Round[]>(SIZES.map((size) => [size, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const size of SIZES) rounds.get(size)?.push(await measureOnce(rig, size));
    }
    return [...SIZES.flatMap((size) => warmFigures(size, rounds.get(size) ?? [])), ...cold];
  } finally {
    await rig.close();
  }
}

async function measureOnce(rig: Rig, size: Size): Promise<Round> {
  const loopMs = await measureLoop(rig, size);
  const straightMs = await measureStraight(rig, size);
  const idealMs = await measureIdeal(rig, size);
  return { loopMs, straightMs, idealMs, ours: await measureFanOut(rig, size) };
}

const medianOf = (rounds: readonly Round[] | undefined, value: (round: Round) => number): number =>
  median((rounds ?? []).map(value));

function warmFigures(size: Size, rounds: readonly Round[]): readonly Figure[] {
  const ours = medianOf(rounds, (round) => round.ours.fromFirstCallMs);
  const loopMs = medianOf(rounds, (round) => round.loopMs);
  const straightMs = medianOf(rounds, (round) => round.straightMs);
  const idealMs = medianOf(rounds, (round) => round.idealMs);
  const [ratio, bar, what] =
    size === 1
      ? [ours / loopMs, { atMost: OF_THE_LOOP }, 'of the loop’s time']
      : [loopMs / ours, { atLeast: FASTER[size] }, 'times faster than the loop'];
  const name = `N = ${size}, warm`;
  return [
    { name: `${name}, ${what}`, ours, unit: 'ms', peer: { name: 'sequential loop', value: loopMs }, ratio, bar },
    {
      name: `${name}, of the ideal`,
      ours,
      unit: 'ms',
      peer: { name: 'two bare actions that do only this', value: idealMs },
      ratio: ours / idealMs,
      bar: { atMost: OF_THE_IDEAL },
    },
    {
      name: `${name}, of straight POSTs`,
      ours,
      unit: 'ms',
      peer: { name: 'all at once, without OpenWhisk', value: straightMs },
      ratio: ours / straightMs,
    },
    ...besides(name, rounds, loopMs),
  ];
}

/** The same runs, measured from an earlier instant. */
function besides(name: string, rounds: readonly Round[], loopMs: number): readonly Figure[] {
  const peer = { name: 'sequential loop', value: loopMs };
  const invoker = medianOf(rounds, (round) => round.ours.fromInvokerMs);
  const webhook = medianOf(rounds, (round) => round.ours.fromWebhookMs);
  return [
    { name: `${name}, from the invoker’s start`, ours: invoker, unit: 'ms', peer, ratio: loopMs / invoker },
    { name: `${name}, from the webhook`, ours: webhook, unit: 'ms', peer, ratio: loopMs / webhook },
  ];
}

/** Measures the very first webhook after a deployment, for each size. */
async function measureCold(rig: Rig): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) {
    await rig.deploy();
    const { fromFirstCallMs } = await measureFanOut(rig, size);
    const loopMs = await measureLoop(rig, size);
    const peer = { name: 'sequential loop', value: loopMs };
    figures.push({
      name: `N = ${size}, cold, once`,
      ours: fromFirstCallMs,
      unit: 'ms',
      peer,
      ratio: loopMs / fromFirstCallMs,
    });
  }
  return figures;
}
