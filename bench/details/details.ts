import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { lastOf, runScript } from '../support/run-script.ts';
import { breakCopy } from './break-copy.ts';
import { DETAILS, type Detail } from './detail-list.ts';

const SEEDS = 150;

interface FirstFailure {
  readonly seed?: number;
  readonly kind?: string;
}

/** Each detail of the protocols taken out of a copy of the code: the simulation notices. */
export const details: Bench = {
  name: 'details',
  about: `each of ${DETAILS.length} details of the ledger taken out: the first of ${SEEDS} virtual days that fails without it`,
  run: (say) => pMap(DETAILS, (detail) => measure(detail, say), { concurrency: availableParallelism() }),
};

async function measure({ without, scenario, shows, edits }: Detail, say: Say): Promise<Figure> {
  const { folder, remove } = await breakCopy(edits);
  try {
    const script = 'test/simulation/first-failing-seed-main.ts';
    const { seed, kind } = lastOf<FirstFailure>(await runScript(script, [scenario, `${SEEDS}`], () => {}, folder));
    say(
      `${without}: ${seed === undefined ? `no seed of ${SEEDS}` : `seed ${seed}`} of ${scenario}${kind === undefined ? '' : `: ${kind}`}`,
    );
    return {
      name: `${without}: first seed of ${scenario} that fails (${shows}); 0: none, or by something else`,
      ours: kind === shows ? (seed ?? 0) : 0,
      unit: '',
      bar: { atLeast: 1 },
    };
  } finally {
    await remove();
  }
}
