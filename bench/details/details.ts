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
  /** Earlier days that failed by something else: `<kind> <seed>`. */
  readonly others: readonly string[];
}

/** Takes each detail of the protocols out of a copy of the code. The simulation must notice. */
export const details: Bench = {
  name: 'details',
  about: `each of ${DETAILS.length} details of the ledger taken out: the first of ${SEEDS} virtual days that fails without it`,
  run: (say) => pMap(DETAILS, (detail) => measure(detail, say), { concurrency: availableParallelism() }),
};

async function measure({ without, scenario, shows, edits }: Detail, say: Say): Promise<Figure> {
  const { folder, remove } = await breakCopy(edits);
  try {
    const script = 'test/simulation/first-failing-seed-main.ts';
    const args = [scenario, `${SEEDS}`, shows.join(',')];
    const { seed, kind, others } = lastOf<FirstFailure>(await runScript(script, args, () => {}, folder));
    const found = seed === undefined ? `no seed of ${SEEDS}` : `seed ${seed}`;
    const before = others.length === 0 ? '' : `, after ${others.join(', ')}`;
    say(`${without}: ${found} of ${scenario}${kind === undefined ? '' : `: ${kind}`}${before}`);
    return {
      name: `${without}: first seed of ${scenario} that fails by ${shows.join(' or ')}; 0: none`,
      ours: seed ?? 0,
      unit: '',
      bar: { atLeast: 1 },
    };
  } finally {
    await remove();
  }
}
