import type { AppRef } from '../../src/core/names.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { inParallel } from '../host/in-parallel.ts';
import { countStarts } from '../ledger/count-starts.ts';
import { couchPortOf, createBenchOrders } from '../ledger/create-orders.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { sweepUntilSilent } from '../ledger/sweep.ts';
import type { Servers } from '../servers.ts';
import { countLost, type LostAnswer, lostAnswers } from './lost-answers.ts';

const POSTS = 2_000;
const AT_ONCE = 16;
const TIME_FACTOR = 0.05;
const SEED = 20_261_123;
const PATIENCE_MS = 240_000;

/** Some POSTs lose their answers, before or after the reload was started. Each order must be started once. */
export const doubt: Bench = {
  name: 'doubt',
  about: `${POSTS} posts by reload on the host, 10 % of the answers lost before, 10 % after the effect, with and without echo`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    return [...(await measure('both', say, servers)), ...(await measure('none', say, servers))];
  },
};

async function measure(echo: 'both' | 'none', say: Say, servers: Servers): Promise<readonly Figure[]> {
  const options = { servers, chains: pairChains(POSTS), timeFactor: TIME_FACTOR, hasWebhook: false };
  const rig = await startLedgerRig({ ...options, switches: { 'reloads.echo': echo } }, say);
  try {
    const targets = Array.from({ length: POSTS }, (_, index) => rowApp(2 * index + 1));
    const lost = lostAnswers(targets, SEED);
    await rig.tenant.call('PUT', '/_sim/faults', lost);
    const startedAt = performance.now();
    await postAll(rig, targets);
    const postedMs = performance.now() - startedAt;
    const { sweeps, due } = await sweepUntilSilent(rig, PATIENCE_MS);
    return await figuresOf(echo, rig, targets, lost, { postedMs, sweeps, due });
  } finally {
    await rig.close();
  }
}

/** Starts the orders as the invoker does, but waits for the end of each activation. */
async function postAll(rig: LedgerRig, targets: readonly AppRef[]): Promise<void> {
  const port = couchPortOf(rig.store.settings);
  const orders = await createBenchOrders(port, targets, 'doubt', TIME_FACTOR);
  await inParallel(orders.length, AT_ONCE, async (index) => {
    const request = { traceId: 'doubt', created: orders[index], storeNow: port.now() };
    const path = `actions/${rig.host.packageName}/reload?blocking=true&result=true`;
    const { status, json } = await rig.host.rest('POST', path, { request });
    if (status !== 200) throw new Error(`reload answered ${status}: ${JSON.stringify(json)}`);
  });
}

async function figuresOf(
  echo: 'both' | 'none',
  { tenant }: LedgerRig,
  targets: readonly AppRef[],
  faults: readonly LostAnswer[],
  { postedMs, sweeps, due }: { readonly postedMs: number; readonly sweeps: number; readonly due: number },
): Promise<readonly Figure[]> {
  const { data: left } = (await (await tenant.call('GET', '/_sim/faults')).json()) as { data: readonly LostAnswer[] };
  const starts = countStarts(await tenant.reloads(), targets);
  const name = echo === 'both' ? 'with echo' : 'without echo';
  const count = (kind: LostAnswer['kind']): number => countLost(faults, kind) - countLost(left, kind);
  return [
    {
      name: `${name}: answers lost before the effect`,
      ours: count('drop-before'),
      unit: '',
      bar: { atLeast: POSTS / 10 },
    },
    {
      name: `${name}: answers lost after the effect`,
      ours: count('drop-after'),
      unit: '',
      bar: { atLeast: POSTS / 10 },
    },
    { name: `${name}: reloads started once`, ours: starts.once, unit: '', bar: { atLeast: POSTS } },
    { name: `${name}: lost`, ours: starts.lost, unit: '', bar: { atMost: 0 } },
    { name: `${name}: started twice`, ours: starts.twice, unit: '', bar: { atMost: 0 } },
    { name: `${name}: still due after ${sweeps} sweeps`, ours: due, unit: '', bar: { atMost: 0 } },
    { name: `${name}: the first post of each took`, ours: postedMs / 1_000, unit: 's' },
  ];
}
