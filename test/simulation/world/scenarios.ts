import { DEFAULT_LIMITS, type NamespaceLimits } from '../../../src/clients/openwhisk/invoker-port.ts';
import type { FaultName } from './faults.ts';
import type { Random } from './random.ts';
import type { TenantTraits } from './tenant-model.ts';

/** What kind of world it is. */
export interface Scenario {
  readonly about: string;
  /** Multiplies the likelihood of every fault. */
  readonly factor: number;
  /** Likelihoods that differ from `FAULTS`. */
  readonly likelihoods?: Partial<Record<FaultName, number>>;
  /** Traits of each tenant that are not drawn. */
  readonly traits?: Partial<TenantTraits>;
}

export const SCENARIOS = {
  mixed: { about: 'every fault, tenants of every kind', factor: 1 },
  calm: { about: 'no fault at all', factor: 0 },
  stormy: { about: 'every fault, four times as often', factor: 4 },
  echo: { about: 'tenants that give our ids back', factor: 1, traits: { echo: 'both' } },
  'no-echo': { about: 'tenants that do not give our ids back', factor: 1, traits: { echo: 'none' } },
  'no-admin': { about: 'the collector may list app by app only', factor: 1, traits: { isAdmin: false } },
  silent: { about: 'no webhook ever comes', factor: 1, likelihoods: { 'webhook-dropped': 1, 'webhook-doubled': 0 } },
  'ten-ends': {
    about: 'lists hold ten ends of an app, and every second webhook is dropped',
    factor: 1,
    likelihoods: { 'webhook-dropped': 0.5 },
    traits: { keep: 10 },
  },
  crashes: {
    about: 'a third of all activations crash',
    factor: 1,
    likelihoods: { 'crash-before': 0.1, 'crash-after': 0.25 },
  },
  slow: {
    about: 'activations stand still often',
    factor: 1,
    likelihoods: { stalled: 0.15, 'clock-off': 1, 'post-accepted-late': 0.1, 'crash-after': 0.08 },
  },
  doubt: {
    about: 'every third POST is cut off',
    factor: 1,
    likelihoods: { 'post-cut-before': 0.1, 'post-cut-after': 0.15, 'post-accepted-late': 0.1, 'shown-late': 0.5 },
  },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

const CALM = { keep: Number.POSITIVE_INFINITY, isSlow: false };
export const QLIK_CLOCK_MS = 40_000;

/** Draws the traits of a tenant that Qlik's documentation leaves open. */
export function drawTraits(random: Random, { factor, traits }: Scenario): TenantTraits {
  const drawn: TenantTraits = {
    echo: random.pick(['both', 'both', 'record', 'none', 'none']),
    isAdmin: random.chance(0.75),
    isSortHonoured: random.chance(0.8),
    areActiveFirst: random.chance(0.5),
    pendingCovers: random.pick(['active', 'active', 'queued']),
    keep: random.chance(0.1) ? 10 : Number.POSITIVE_INFINITY,
    engineIds: random.pick(['same', 'own']),
    isEngineEventSent: random.chance(0.4),
    clockOffset: random.pick([-QLIK_CLOCK_MS, QLIK_CLOCK_MS]),
    page: random.pick([100, 100, 6]),
    isSlow: random.chance(0.2),
    isEveryReloadFine: false,
  };
  return { ...drawn, ...(factor === 0 ? CALM : {}), ...traits };
}

/** Few invocations a minute: a namespace of its own may have less than OpenWhisk's defaults. */
const FEW = { invocationsPerMinute: 6, concurrentInvocations: 30 };

/**
 * Qlik's limit is 250 (fact q-rate-01), and a day never reaches it. Some tenants get a limit that is so low that a day
 * reaches it often.
 */
const RATE = 250;
const FEWEST_POSTS = 4;
const FEW_POSTS = 10;

/** Draws how many POSTs a tenant takes in five minutes. */
export const drawRate = (random: Random, { factor }: Scenario): number =>
  random.chance(0.2) && factor > 0 ? random.between(FEWEST_POSTS, FEW_POSTS) : RATE;

/** Draws the limits of the namespace on the host. */
export const drawLimits = (random: Random, { factor }: Scenario): NamespaceLimits =>
  random.chance(0.15) && factor > 0 ? FEW : DEFAULT_LIMITS;
