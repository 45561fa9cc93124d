import type { Bench } from '../bench.ts';
import { lastOf, runScript, type ScriptRun } from '../support/run-script.ts';

const MAIN = 'test/simulation/main.ts';
const SEEDS = 1_000;
const HOURS = 24;
const LONGEST_S = 600;
/** How many of the thousand runs are run once more. */
const AGAIN = 3;

interface Summary {
  readonly events: number;
  readonly violations: number;
  readonly ratio: number;
}

/** The lines `Seed 1: trace hash 0a1b2c3d` of a script's output. */
const hashesIn = ({ lines }: ScriptRun): readonly string[] => lines.filter((line) => line.includes('trace hash'));

/** Runs the actions' own code in a thousand virtual days with every fault. */
export const simulate: Bench = {
  name: 'simulate',
  about: `${SEEDS} virtual days of ${HOURS} hours, every fault: nothing lost, nothing twice`,
  servers: { store: 'it runs in a virtual world', openwhisk: 'it runs in a virtual world' },
  async run(say) {
    const first = await runScript(MAIN, ['--seeds', `${SEEDS}`, '--hours', `${HOURS}`, '--json'], say);
    const again = await runScript(MAIN, ['--seeds', `${AGAIN}`, '--hours', `${HOURS}`, '--json'], () => {});
    const { events, violations, ratio } = lastOf<Summary>(first);
    const [before, after] = [hashesIn(first), hashesIn(again)];
    const unlike = AGAIN - before.filter((line) => after.includes(line)).length;
    return [
      { name: 'violations', ours: violations, unit: '', bar: { atMost: 0 } },
      {
        name: 'exit code: 1 also if a fault, an arrow or an answer never occurred',
        ours: first.code ?? 1,
        unit: '',
        bar: { atMost: 0 },
      },
      {
        name: `time of all, beside the most it may be`,
        ours: first.tookMs / 1_000,
        unit: 's',
        peer: { name: 'limit', value: LONGEST_S },
        bar: { atMost: LONGEST_S },
      },
      { name: 'events of a run', ours: events / SEEDS, unit: '', bar: { atLeast: 150 } },
      { name: `of ${AGAIN} seeds run again, traces unlike the first`, ours: unlike, unit: '', bar: { atMost: 0 } },
      { name: 'virtual hours an hour', ours: ratio, unit: '' },
    ];
  },
};
