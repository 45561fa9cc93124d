import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { type Delivered, deliver } from './deliver.ts';
import { type ListTimes, measureLists } from './lists.ts';
import { type Night, simulateNight } from './night.ts';

const FEW = 100;
const MANY = 50_000;
const MOST_OF_FEW = 3;
const RELOADS_OF_A_NIGHT = 2_000;
const LONGEST_NIGHT_S = 5;
const LEAST_PER_SECOND = 200;
/** More ends a second than the bar, so that the result is the tenant's limit and not the number asked for. */
const ASKED_PER_SECOND = 250;
const SECONDS = 60;
const SEED = 'bench';

/** Measures how much the simulated tenant can carry, and checks that the same seed gives the same day. */
export const sim: Bench = {
  name: 'sim',
  about: 'the simulated tenant: lists of many records, a night in seconds, deliveries, the same journal again',
  async run(say) {
    say(`Lists with ${FEW} records and with ${MANY} …`);
    const lists = await measureLists(FEW, MANY);
    say(`Two nights of ${RELOADS_OF_A_NIGHT} reloads …`);
    const [night, again] = [
      await simulateNight(RELOADS_OF_A_NIGHT, SEED),
      await simulateNight(RELOADS_OF_A_NIGHT, SEED),
    ];
    say(`${ASKED_PER_SECOND} deliveries a second for ${SECONDS} seconds …`);
    return [
      ...listFigures(lists),
      ...nightFigures(night, again),
      ...deliveryFigures(await deliver(ASKED_PER_SECOND, SECONDS)),
    ];
  },
};

const listFigures = ({ fewMs, manyMs }: ListTimes): readonly Figure[] => [
  {
    name: `time of a list by app, ${MANY} records of 5,000 apps, of that with ${FEW}`,
    ours: manyMs,
    unit: 'ms',
    peer: { name: `${FEW} records`, value: fewMs },
    ratio: manyMs / fewMs,
    bar: { atMost: MOST_OF_FEW },
  },
];

const nightFigures = (night: Night, again: Night): readonly Figure[] => [
  {
    name: `a night of 24 hours, ${night.reloads} reloads, the quicker of two`,
    ours: Math.min(night.takenMs, again.takenMs) / 1_000,
    unit: 's',
    bar: { atMost: LONGEST_NIGHT_S },
  },
  { name: 'reloads that ended in it', ours: night.reloads, unit: '', bar: { atLeast: RELOADS_OF_A_NIGHT } },
  { name: 'deliveries in it', ours: night.deliveries, unit: '', bar: { atLeast: RELOADS_OF_A_NIGHT } },
  {
    name: `same seed, same calls: the same journal (${Math.round(night.journal.length / 1_000)} kB)`,
    ours: night.journal === again.journal ? 1 : 0,
    unit: '',
    bar: { atLeast: 1 },
  },
];

const deliveryFigures = ({ count, seconds, wanted }: Delivered): readonly Figure[] => [
  {
    name: `deliveries for ${Math.round(seconds)} s`,
    ours: count / seconds,
    unit: 'per second',
    bar: { atLeast: LEAST_PER_SECOND },
  },
  { name: 'of those asked for, share that came', ours: count / wanted, unit: '', bar: { atLeast: 1 } },
];
