import { type AppId, type AppRef, DEFAULT_TENANT } from '../../src/core/names.ts';
import type { Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { sweep, sweepUntilSilent } from '../ledger/sweep.ts';
import type { Servers } from '../servers.ts';
import { targetOf, upstreamOf } from '../support/fan-out-chains.ts';
import { HALVES } from './joined-chains.ts';
import { type CountedRig, type Spent, startCountedRig } from './start-counted-rig.ts';

const SIZES = [1, 5] as const;
const PATIENCE_MS = 60_000;
const IN_NO_CHAIN: AppRef = { tenant: DEFAULT_TENANT, appId: 'dddddddd-0000-4000-8000-000000000000' as AppId };

/** Counts the requests to the store for each case. They must be as many as the protocol's table says. */
export async function measureRequests(say: Say, servers: Servers): Promise<readonly Figure[]> {
  const counted = await startCountedRig(SIZES, say, servers);
  try {
    return [
      ...(await firstStart(counted)),
      ...(await plainEvents(counted)),
      ...(await joinedEvents(counted)),
      ...(await smallCases(counted)),
      ...(await busyTarget(counted)),
      ...(await recordedEnds(counted)),
      ...(await idleSweep(counted)),
    ];
  } finally {
    await counted.close();
  }
}

const exactly = (name: string, ours: number, wanted: number): Figure => ({
  name,
  ours,
  unit: '',
  peer: { name: 'by the table', value: wanted },
  ratio: Math.abs(ours - wanted),
  bar: { atMost: 0 },
});

/** The figures of one case. The ratio of a figure is how far it is off the table. */
const figures = (
  name: string,
  { sequence, reload, posts, storer }: Spent,
  wanted: Omit<Spent, 'storer' | 'notifier' | 'sequenceWrites'>,
): readonly Figure[] => [
  exactly(`${name}: in the sequence`, sequence, wanted.sequence),
  exactly(`${name}: in reload`, reload, wanted.reload),
  exactly(`${name}: POSTs`, posts, wanted.posts),
  { name: `${name}: in record, afterwards`, ours: storer, unit: '' },
];

/**
 * The first start in a tenant also finds out whether the tenant echoes. That is a read and a write of the gate, only
 * once.
 */
async function firstStart({ tell, spentBy }: CountedRig): Promise<readonly Figure[]> {
  const spent = await spentBy(() => tell(upstreamOf(1), 'first', 202));
  return figures('the first start in a tenant', spent, { sequence: 4, reload: 4, posts: 1 });
}

async function plainEvents({ tell, spentBy }: CountedRig): Promise<readonly Figure[]> {
  const all: Figure[] = [];
  for (const size of SIZES) {
    const spent = await spentBy(() => tell(upstreamOf(size), `plain-${size}`, 202));
    all.push(...figures(`plain event, k = ${size}`, spent, { sequence: 4, reload: 2 * size, posts: size }));
  }
  return all;
}

/** A link that waits for two apps. */
async function joinedEvents({ tell, spentBy }: CountedRig): Promise<readonly Figure[]> {
  const [first, second] = HALVES;
  const waits = await spentBy(() => tell(first, 'half-1', 200));
  const closes = await spentBy(() => tell(second, 'half-2', 202));
  return [
    ...figures('waits in a join', waits, { sequence: 4, reload: 0, posts: 0 }),
    ...figures('closes a join', closes, { sequence: 5, reload: 2, posts: 1 }),
  ];
}

async function smallCases({ tell, spentBy }: CountedRig): Promise<readonly Figure[]> {
  const nothing = { reload: 0, posts: 0 };
  const target = await spentBy(() => tell(targetOf(0), 'target', 200));
  const stranger = await spentBy(() => tell(IN_NO_CHAIN, 'stranger', 200));
  const duplicate = await spentBy(() => tell(upstreamOf(1), 'plain-1', 200));
  return [
    ...figures('nothing follows, but a target', target, { sequence: 3, ...nothing }),
    ...figures('app in no chain', stranger, { sequence: 0, ...nothing }),
    ...figures('duplicate', duplicate, { sequence: 2, ...nothing }),
  ];
}

/** A person's reload of the target is under way when its order is posted; its end wakes the order. */
async function busyTarget({ rig: { tenant }, tell, spentBy }: CountedRig): Promise<readonly Figure[]> {
  const { appId } = targetOf(0);
  const lastFor = (durationMs: number) => tenant.call('POST', '/_sim/apps', { id: appId, name: appId, durationMs });
  await lastFor(600_000);
  const busy = (await (await tenant.call('POST', `/_sim/apps/${appId}/reload`, { type: 'hub' })).json()) as {
    id: string;
  };
  const refused = await spentBy(() => tell(upstreamOf(1), 'busy', 202));
  await lastFor(0);
  await tenant.call('POST', `/api/v1/reloads/${busy.id}/actions/cancel`);
  const woken = await spentBy(() => tell(targetOf(0), busy.id, 200, 202));
  const reload = refused.reload + woken.reload;
  return [
    {
      name: 'target busy: in reload, two activations; the table says about 7',
      ours: reload,
      unit: '',
      bar: { atMost: ABOUT_SEVEN },
    },
    exactly('target busy: POSTs', refused.posts + woken.posts, 2),
  ];
}

const ABOUT_SEVEN = 8;

/**
 * The ends of an order's reload, of a reload that failed, and of the success after it. The figures are the requests of
 * `record`.
 */
async function recordedEnds({ rig: { tenant }, tell, spentBy }: CountedRig): Promise<readonly Figure[]> {
  const target = targetOf(0);
  await spentBy(() => tell(upstreamOf(1), 'recorded', 202));
  const listed = await tenant.call('GET', `/api/v1/reloads?appId=${target.appId}&sort=-creationTime&limit=1`);
  const [own] = ((await listed.json()) as { readonly data: readonly { id: string; resourceId: string }[] }).data;
  if (own === undefined) throw new Error('The target was not reloaded.');
  const ended = await spentBy(() => tell(target, { id: own.id, resourceId: own.resourceId }, 200, 202));
  const failed = await spentBy(() => tell(target, { id: 'failed', status: 'FAILED' }, 200, 202));
  const recovered = await spentBy(() => tell(target, 'recovered', 200, 202));
  const figure = (what: string, { storer }: Spent, atMost: number): Figure => ({
    name: `record: ${what}, no channel`,
    ours: storer,
    unit: '',
    bar: { atMost },
  });
  return [
    figure('an order’s reload ended', ended, WITHOUT_TICKET),
    figure('a failure, with its ticket', failed, WITH_TICKET),
    figure('the success after it', recovered, WITH_TICKET),
  ];
}

const WITHOUT_TICKET = 5;
const WITH_TICKET = 7;

async function idleSweep({ rig, spentBy }: CountedRig): Promise<readonly Figure[]> {
  await sweepUntilSilent(rig, PATIENCE_MS);
  const spent = await spentBy(() => sweep(rig));
  return [
    exactly('idle sweep: reads', spent.sequence - spent.sequenceWrites, 3),
    exactly('idle sweep: writes', spent.sequenceWrites, 0),
  ];
}
