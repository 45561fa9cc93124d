import { type ToldOptions, told } from './told.ts';

/**
 * `within`: as much as the host's 60 invocations a minute have room for. `beyond`: all of it in the 10 minutes of the
 * outage.
 */
const LOADS = {
  within: { apps: 300, minutes: 40, pairsPerMinute: 4 },
  beyond: { apps: 300, minutes: 10, pairsPerMinute: 4 },
} as const;

const [load] = process.argv.slice(2);
if (load !== 'within' && load !== 'beyond') throw new Error(`The load is within or beyond, not ${load}.`);

/**
 * How many days of each kind to run. Of days without a channel only the refused webhooks count, so a few are enough.
 * With 20 days in place of 60, the ratio of two kinds of days would often differ by 5 % by chance.
 */
const DAYS: Readonly<Record<ToldOptions['channels'], number>> = { none: 3, up: 60, down: 60 };

for (const channels of ['none', 'up', 'down'] as const) {
  for (let seed = 1; seed <= DAYS[channels]; seed += 1) {
    console.log(JSON.stringify({ load, channels, seed, ...(await told({ ...LOADS[load], channels, seed })) }));
  }
}
