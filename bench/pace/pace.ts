import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { runScript } from '../support/run-script.ts';

/** A line of test/simulation/pace-main.ts. */
interface Report {
  readonly seed: number;
  readonly hasSlots: boolean;
  /** Whether the host has OpenWhisk's default of 60 invocations a minute. Then the host decides how long it takes. */
  readonly isDefault: boolean;
  readonly started: number;
  readonly makespanMs: number;
  readonly optimumMs: number;
  readonly posts: number;
  readonly refused: number;
  readonly early: number;
  readonly mostAtOnce: number;
  readonly violation?: string;
}

const TARGETS = 1_000;
const FEWEST_CONTAINERS = 4;
const LONGEST_TO_OPTIMUM = 1.4;
const MOST_REFUSED_PERCENT = 5;

/** After one end, starts more reloads than the tenant accepts in five minutes, in a virtual world. */
export const pace: Bench = {
  name: 'pace',
  about: '1,000 reloads after one end in a tenant that takes 250 in five minutes, with and without slots',
  servers: { store: 'it runs in a virtual world', openwhisk: 'it runs in a virtual world' },
  async run(say) {
    const { lines } = await runScript('test/simulation/pace-main.ts', [], say);
    const reports = lines.map((line) => JSON.parse(line) as Report);
    const without = reports.filter(({ hasSlots }) => !hasSlots);
    const ours = reports.filter(({ hasSlots }) => hasSlots);
    return [
      ...ours.filter(({ isDefault }) => !isDefault).flatMap((report) => figuresOf(report, without)),
      ...ours.filter(({ isDefault }) => isDefault).flatMap(figuresOfDefault),
    ];
  },
};

const refusedPercent = ({ refused, posts }: Report): number => (100 * refused) / posts;

function figuresOf(report: Report, others: readonly Report[]): readonly Figure[] {
  const { seed, makespanMs, optimumMs } = report;
  const without = others.find((other) => other.seed === seed);
  const of = `seed ${seed}: `;
  const figures: readonly Figure[] = [
    {
      name: `${of}first POST to last start ÷ the optimum`,
      ours: makespanMs / 1_000,
      unit: 's',
      peer: { name: 'the tenant’s limit', value: optimumMs / 1_000 },
      ratio: makespanMs / optimumMs,
      bar: { atMost: LONGEST_TO_OPTIMUM },
    },
    ...boundsOf(of, report),
  ];
  if (without === undefined) return figures;
  return [
    ...figures,
    { name: `${of}without slots: first POST to last start`, ours: without.makespanMs / 1_000, unit: 's' },
    { name: `${of}without slots: of 100 POSTs answered 429`, ours: refusedPercent(without), unit: '' },
  ];
}

function figuresOfDefault(report: Report): readonly Figure[] {
  const of = `seed ${report.seed}, 60 invocations a minute: `;
  return [
    { name: `${of}first POST to last start`, ours: report.makespanMs / 1_000, unit: 's' },
    ...boundsOf(of, report),
  ];
}

/** The figures that must hold however long it takes. */
const boundsOf = (of: string, report: Report): readonly Figure[] => {
  const { started, early, mostAtOnce, violation } = report;
  return [
    {
      name: `${of}of 100 POSTs answered 429`,
      ours: refusedPercent(report),
      unit: '',
      bar: { atMost: MOST_REFUSED_PERCENT },
    },
    { name: `${of}POSTs before Retry-After ended`, ours: early, unit: '', bar: { atMost: 0 } },
    { name: `${of}started`, ours: started, unit: '', bar: { atLeast: TARGETS } },
    { name: `${of}containers of reload at once`, ours: mostAtOnce, unit: '', bar: { atLeast: FEWEST_CONTAINERS } },
    { name: `${of}violations`, ours: violation === undefined ? 0 : 1, unit: '', bar: { atMost: 0 } },
  ];
};
