import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { inParallel } from './in-parallel.ts';
import { type HostProcess, startHostProcess } from './start-host-process.ts';
import { startStraightContainers } from './straight-containers.ts';

const STEPS = [1, 2, 3].map((n) => `function main(params) { return { ...params, step${n}: true } }`);
const ROUNDS = 300;
const WARM_UP = 30;
const COLD_STARTS = 30;
const ACTIVATIONS = 10_000;
const AT_ONCE = 4;
/** More activations than the 5,000 records that the host keeps. From then on only a leak makes it grow. */
const GROWN_AFTER = 6_000;
const MEGABYTE = 1_048_576;

/** Measures the host's own cost, its cold starts side by side, and its memory over many activations. */
export const host: Bench = {
  name: 'host',
  about:
    'a web sequence beside straight calls of its containers; 30 cold starts at once; memory over 10,000 activations',
  async run(say) {
    const running = await startHostProcess(false);
    try {
      return [
        await warmSequence(running, say),
        ...(await coldStarts(running)),
        ...(await manyActivations(running, say)),
      ];
    } finally {
      await running.close();
    }
  },
};

async function warmSequence(running: HostProcess, say: Say): Promise<Figure> {
  say(`${ROUNDS} calls of a web sequence of three steps, and as many of three containers, by turns, all warm.`);
  await running.rest('PUT', 'packages/bench');
  for (const [index, code] of STEPS.entries()) await running.put(`bench/step${index + 1}`, code);
  const components = STEPS.map((_, index) => `/_/bench/step${index + 1}`);
  await running.rest('PUT', 'actions/bench/steps', {
    exec: { kind: 'sequence', components },
    annotations: [{ key: 'web-export', value: true }],
  });
  const straight = await startStraightContainers(STEPS);
  try {
    const web = async (): Promise<void> => {
      const { status, body } = await running.get(`/api/v1/web/${running.ready.namespace}/bench/steps.json`);
      if (status !== 200 || JSON.parse(body).step3 !== true)
        throw new Error(`The sequence answered ${status}: ${body}`);
    };
    const [ours, peer]: [number[], number[]] = [[], []];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      ours.push(await timed(web));
      peer.push(await timed(() => straight.runAll({})));
    }
    const [our, their] = [median(ours.slice(WARM_UP)), median(peer.slice(WARM_UP))];
    const name = 'web sequence of three steps, warm, median; ratio = sequence / straight';
    const beside = { name: 'three /run calls straight to three containers', value: their };
    return { name, ours: our, unit: 'ms', peer: beside, ratio: our / their, bar: { atMost: 3 } };
  } finally {
    await straight.close();
  }
}

async function coldStarts(running: HostProcess): Promise<readonly Figure[]> {
  const names = Array.from({ length: COLD_STARTS }, (_, index) => `bench/cold${index}`);
  for (const name of names) await running.put(name, `function main() { return { name: '${name}' } }`);
  let lastMs = 0;
  const started = performance.now();
  const answers = await Promise.all(
    names.map(async (name) => {
      const { status, body } = await running.rest('POST', `actions/${name}?blocking=true&result=true`);
      lastMs = performance.now() - started;
      return status === 200 && JSON.parse(body).name === name;
    }),
  );
  return [
    {
      name: 'cold starts at once, answered',
      ours: answers.filter(Boolean).length,
      unit: '',
      bar: { atLeast: COLD_STARTS },
    },
    { name: 'the last of them after', ours: lastMs, unit: 'ms' },
  ];
}

async function manyActivations(running: HostProcess, say: Say): Promise<readonly Figure[]> {
  say(
    `${ACTIVATIONS} activations of one action, ${AT_ONCE} at once and as fast as they go: the bar’s 1,000 a minute, sooner.`,
  );
  await running.put('bench/many', 'function main(params) { console.log("call", params.n); return params }');
  let failed = 0;
  const invoke = async (n: number): Promise<void> => {
    const { status } = await running.rest('POST', 'actions/bench/many?blocking=true&result=true', { n });
    if (status !== 200) failed += 1;
  };
  await inParallel(GROWN_AFTER, AT_ONCE, invoke);
  const before = await rssBytes(running);
  const started = performance.now();
  await inParallel(ACTIVATIONS, AT_ONCE, invoke);
  const minutes = (performance.now() - started) / 60_000;
  const grown = (await rssBytes(running)) - before;
  return [
    { name: 'activations sustained', ours: ACTIVATIONS / minutes, unit: 'per minute', bar: { atLeast: 1_000 } },
    { name: 'of them failed', ours: failed, unit: '', bar: { atMost: 0 } },
    {
      name: `memory of the host grown over ${ACTIVATIONS} activations`,
      ours: grown / MEGABYTE,
      unit: 'MB',
      bar: { atMost: 20 },
    },
    { name: 'memory of the host before them', ours: before / MEGABYTE, unit: 'MB' },
  ];
}

async function rssBytes(running: HostProcess): Promise<number> {
  return (await running.ask({ ask: 'memory' })).rssBytes ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
