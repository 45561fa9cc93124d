import type { Bench } from '../bench.ts';
import { lastOf, runScript } from '../support/run-script.ts';

interface Report {
  readonly points: number;
  readonly tried: number;
  readonly bad: number;
}

/** For each change to the world: whoever makes it crashes right after it. */
export const crash: Bench = {
  name: 'crash',
  about:
    'chains in three levels, a diamond, a link that waits for two apps, further tries with a timeout: a crash after each change to store, tenant or host, and the same end as without',
  servers: { store: 'it runs in a virtual world', openwhisk: 'it runs in a virtual world' },
  async run(say) {
    const { points, tried, bad } = lastOf<Report>(await runScript('test/simulation/crash-points-main.ts', [], say));
    return [
      {
        name: 'points tried, of all that there are',
        ours: tried,
        unit: '',
        peer: { name: 'points', value: points },
        ratio: tried / points,
        bar: { atLeast: 1 },
      },
      { name: 'points after which the end was another', ours: bad, unit: '', bar: { atMost: 0 } },
    ];
  },
};
