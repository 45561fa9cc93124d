import { expect } from 'chai';
import { resolve as resolveBatch } from '../../../actions/resolver/resolve.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { Batch } from '../../../src/contracts/batch.ts';
import type { CompiledChains, Link } from '../../../src/core/link.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { plannedOrder } from '../../support/planned-order.ts';

const NOW = 1_800_000_000_000 as EpochMs;
const HOUR = 3_600_000;
const ORDER = 'order:default:a:s:r0';
const policy = { retry: { attempts: 1, delay: 60_000 }, timeout: HOUR };

const link = (after: string, target: string, more: object = {}): Link =>
  ({
    ...{ chain: 'sales', after: { tenant: 'default', appId: after }, on: 'failed', clause: 's' },
    ...{ target: { tenant: 'default', appId: target }, body: {}, paused: false, ...more },
  }) as unknown as Link;
const JOIN = { of: { 'default/a': 'succeeded', 'default/b': 'succeeded' }, atLeast: 2, within: HOUR };
const joined = (after: string): Link => link(after, 'j', { on: 'succeeded', clause: 'j1', join: JOIN });
const LINKS = {
  'default/x': [link('x', 'a', { policy })],
  'default/a': [link('a', 'repair'), joined('a')],
  'default/b': [joined('b')],
} as CompiledChains['links'];

const order = (more: object = {}): NewDocument => ({
  ...{ ...plannedOrder, state: 'posted', claims: 1, reloadId: 'r1', isCertain: true, policy },
  ...{ createdAt: NOW, postedAt: NOW, dueAt: NOW + 900_000, ...more },
});
const note = (more: object = {}): NewDocument => ({
  ...{ _id: 'started:default:r1', schema: 1, type: 'started', order: ORDER, also: [], isGuess: false, try: 1 },
  ...{ hops: 1, root: 'event:default:r0', ...more },
});
const ended = (more: object = {}) => ({
  ...{ tenant: 'default', appId: 'a', reloadId: 'r1', outcome: 'failed', endedAt: NOW, partial: false },
  ...{ startedBy: 'external', stored: { rev: '1-a', storedAt: NOW, source: 'webhook', traceId: 't1' } },
  ...more,
});

const resolve = (event: object, ...documents: readonly NewDocument[]) => resolveBy(LINKS, event, documents);

async function resolveBy(
  links: CompiledChains['links'],
  event: object,
  documents: readonly NewDocument[],
  prepare: (store: ReturnType<typeof memoryCouch>) => void = () => {},
) {
  const store = memoryCouch(() => NOW);
  store.seed(...documents);
  prepare(store);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const batch = { traceId: 't1', source: 'webhook', receivedAt: NOW, events: [event], ignored: [] };
  const ports = { store, times: timeConstants(), maxHops: 64, log };
  const plan = await resolveBatch(batch as unknown as Batch, links, ports);
  return { plan, store, targets: plan.orders.map(({ appId }) => appId) };
}

const WILL_RETRY = {
  ...{ reason: 'will-retry', tenant: 'default', appId: 'a', reloadId: 'r1' },
  ...{ order: ORDER, attempt: 1, attempts: 2 },
};

describe('the resolver and an attempt that failed', () => {
  it('sets nothing off while another attempt follows, and withdraws nothing of a composite link', async () => {
    const { plan, store } = await resolve(ended(), order(), note());
    expect(plan.orders).to.deep.equal([]);
    expect(plan.skips).to.deep.equal([WILL_RETRY]);
    expect(plan.events).to.have.length(1);
    expect(store.peek('join:default:j:j1')).to.equal(undefined);
  });

  it('still says so after the storer has moved the order on', async () => {
    const moved = order({ state: 'waiting', try: 2, ends: ['r1'], reloadId: undefined, isCertain: undefined });
    expect((await resolve(ended(), moved, note())).plan.skips).to.deep.equal([WILL_RETRY]);
    const echoed = ended({ orderId: ORDER, orderTry: 1 });
    expect((await resolve(echoed, order({ try: 2, reloadId: 'r2' }))).plan.skips).to.deep.equal([WILL_RETRY]);
  });

  it('sets off what follows the last attempt', async () => {
    const { targets } = await resolve(ended(), order({ try: 2, ends: ['x'] }), note({ try: 2 }));
    expect(targets).to.deep.equal(['repair']);
  });

  it('needs no further read for a success', async () => {
    const { store } = await resolve(ended({ outcome: 'succeeded' }), order(), note());
    expect(store.asked.filter((call) => call.startsWith('many'))).to.have.length(1);
  });

  it('counts a reload as failed that ran too long, and was canceled by Cascade', async () => {
    const mark = { cancelRequestedAt: { r1: NOW - 1_000 } };
    const canceled = ended({ outcome: 'canceled' });
    const last = order({ ...mark, try: 2, ends: ['x'] });
    const { targets, plan } = await resolve(canceled, last, note({ try: 2 }));
    expect(targets).to.deep.equal(['repair']);
    expect(plan.events?.[0]?.outcome).to.equal('canceled');
    expect((await resolve(canceled, order(mark), note())).plan.skips).to.deep.equal([WILL_RETRY]);
  });

  it('says of the tenant in which a link reloads after such a reload what the ledger knows, as for a failed one', async () => {
    const mark = { cancelRequestedAt: { r1: NOW - 1_000 } };
    const gate: NewDocument = { _id: 'gate:beta', schema: 1, type: 'gate', until: NOW + 9_000 };
    const last = order({ ...mark, try: 2, ends: ['x'] });
    const elsewhere = link('a', 'repair', { target: { tenant: 'beta', appId: 'repair' } });
    const links = { 'default/a': [elsewhere] } as CompiledChains['links'];
    const { plan } = await resolveBy(links, ended({ outcome: 'canceled' }), [last, note({ try: 2 }), gate]);
    expect(plan.orders.map(({ tenant }) => tenant)).to.deep.equal(['beta']);
    expect(plan.tenants).to.deep.equal({ beta: { gateUntil: NOW + 9_000 } });
  });

  it('counts a person’s cancel as one, with attempts left', async () => {
    const { targets, plan } = await resolve(ended({ outcome: 'canceled' }), order(), note());
    expect(targets).to.deep.equal([]);
    expect(plan.skips.map(({ reason }) => reason)).to.include('outcome-not-matched');
  });

  it('leaves the event due while nothing tells whose reload it is, and an order is just being started', async () => {
    const open = { reloadId: undefined, isCertain: undefined, postedAt: undefined, doubt: { since: NOW - 5_000 } };
    for (const state of ['claimed', 'unknown']) {
      const { plan } = await resolve(ended(), order({ ...open, state }));
      expect([plan.orders, plan.events, plan.undecided], state).to.deep.equal([[], [], 1]);
    }
    const old = order({ ...open, state: 'unknown', doubt: { since: NOW - HOUR } });
    expect((await resolve(ended(), old)).targets).to.deep.equal(['repair']);
    expect((await resolve(ended({ startedBy: 'hub' }), order({ ...open, state: 'claimed' }))).targets).to.deep.equal([
      'repair',
    ]);
  });

  it('goes by the last POST of a doubt that began long ago', async () => {
    const open = { state: 'unknown', reloadId: undefined, isCertain: undefined, postedAt: undefined };
    const [since, first] = [NOW - 2 * HOUR, NOW - 3 * HOUR];
    for (const doubt of [
      { since, sentAt: NOW - HOUR + 1 },
      { since: NOW - HOUR + 1, first },
    ]) {
      const { plan } = await resolve(ended(), order({ ...open, doubt }));
      expect([plan.orders, plan.events, plan.undecided], JSON.stringify(doubt)).to.deep.equal([[], [], 1]);
    }
    const old = order({ ...open, doubt: { since, sentAt: NOW - HOUR, first } });
    expect((await resolve(ended(), old)).targets).to.deep.equal(['repair']);
  });

  it('leaves the event due if nobody has looked for the order yet that is in doubt for more than an hour', async () => {
    const doubt = { since: NOW - 2 * HOUR };
    const open = { doubt, reloadId: undefined, isCertain: undefined, postedAt: undefined };
    for (const being of [
      { state: 'unknown', dueAt: NOW },
      { state: 'claimed', dueAt: NOW + 60_000 },
      { state: 'claimed', dueAt: NOW - HOUR },
    ]) {
      const { plan } = await resolve(ended(), order({ ...open, ...being }));
      expect([plan.orders, plan.events, plan.undecided], JSON.stringify(being)).to.deep.equal([[], [], 1]);
    }
    const looked = order({ ...open, state: 'unknown', dueAt: NOW + 1 });
    expect((await resolve(ended(), looked)).targets).to.deep.equal(['repair']);
  });

  it('leaves the event due if a deployment removed the link with `retry` while its order was being started', async () => {
    const open = { reloadId: undefined, isCertain: undefined, postedAt: undefined, doubt: { since: NOW - 5_000 } };
    const links = { 'default/a': [link('a', 'repair')] } as CompiledChains['links'];
    const { plan } = await resolveBy(links, ended(), [order({ ...open, state: 'claimed' })]);
    expect([plan.orders, plan.events, plan.undecided]).to.deep.equal([[], [], 1]);
  });

  it('finds the order that is just being started among what is due, and reads no past orders of the app', async () => {
    const past = Array.from({ length: 250 }, (_, index) =>
      order({ _id: `order:default:a:s:p${index}`, state: 'ended', outcome: 'succeeded', dueAt: undefined }),
    );
    const other = ended({ reloadId: 'other' });
    const { store, targets } = await resolve(other, ...past);
    expect(targets).to.deep.equal(['repair']);
    expect(store.asked.filter((call) => /^(range|due)/.test(call))).to.deep.equal(['due 100']);
    const open = { reloadId: undefined, isCertain: undefined, postedAt: undefined, doubt: { since: NOW - 5_000 } };
    const claimed = order({ ...open, state: 'claimed', dueAt: NOW + 150_000 });
    // More than a hundred documents are due before it.
    const waiting = Array.from({ length: 100 }, (_, index) =>
      order({ _id: `order:default:b:s:w${index}`, appId: 'b', state: 'waiting', reloadId: undefined, dueAt: NOW }),
    );
    expect((await resolve(other, ...past, ...waiting, claimed)).plan.undecided).to.equal(1);
    expect((await resolve(other, ...past, ...waiting)).targets).to.deep.equal(['repair']);
  });

  it('finds it also in an app with 5,000 open orders, of which it reads neither the content nor the past', async () => {
    const other = ended({ reloadId: 'other' });
    const open = Array.from({ length: 5_000 }, (_, index) =>
      order({ _id: `order:default:a:s:w${index}`, state: 'waiting', reloadId: undefined, dueAt: NOW + index }),
    );
    const free = await resolve(other, ...open);
    expect(free.targets).to.deep.equal(['repair']);
    const asked = ({ store }: typeof free) => store.asked.filter((call) => !/^many park:|^put join:/.test(call));
    expect(asked(free)).to.deep.equal(['due 100', 'due 10000']);
    const being = { state: 'claimed', reloadId: undefined, isCertain: undefined, postedAt: undefined };
    const claimed = order({ ...being, dueAt: NOW + 150_000 });
    const held = await resolve(other, ...open, claimed);
    expect([held.plan.orders, held.plan.undecided]).to.deep.equal([[], 1]);
    expect(asked(held)).to.deep.equal(['due 100', 'due 10000', `many ${ORDER}`]);
  });

  it('finds it behind 10,000 other documents that are due, also if many have the same time', async () => {
    const other = ended({ reloadId: 'other' });
    const open = Array.from({ length: 10_020 }, (_, index) =>
      order({ _id: `order:default:b:s:w${index}`, appId: 'b', state: 'waiting', reloadId: undefined, dueAt: NOW }),
    );
    const being = { state: 'claimed', reloadId: undefined, isCertain: undefined, postedAt: undefined };
    const { plan, store } = await resolve(other, ...open, order({ ...being, dueAt: NOW + 150_000 }));
    expect(plan.undecided).to.equal(1);
    // Three pages, because the second one has the time of the first one; and all of them twice.
    expect(store.asked.filter((call) => call === 'due 10000')).to.have.length(6);
  });

  it('finds it if its time is that of the last stub of a page', async () => {
    const other = ended({ reloadId: 'other' });
    const open = Array.from({ length: 10_005 }, (_, index) => {
      const dueAt = index < 9_990 ? NOW - 1 : NOW;
      return order({ _id: `order:default:0:s:w${index}`, appId: '0', state: 'waiting', reloadId: undefined, dueAt });
    });
    const being = { state: 'claimed', reloadId: undefined, isCertain: undefined, postedAt: undefined };
    expect((await resolve(other, ...open, order({ ...being, dueAt: NOW }))).plan.undecided).to.equal(1);
  });

  it('finds it behind a hundred documents that are due also if it is in doubt or posted', async () => {
    const open = Array.from({ length: 100 }, (_, index) =>
      order({ _id: `order:default:b:s:w${index}`, appId: 'b', state: 'waiting', reloadId: undefined, dueAt: NOW }),
    );
    const being = { reloadId: undefined, isCertain: undefined, postedAt: undefined, doubt: { since: NOW - 5_000 } };
    const doubtful = order({ ...being, state: 'unknown', dueAt: NOW + 60_000 });
    expect((await resolve(ended({ reloadId: 'other' }), ...open, doubtful)).plan.undecided).to.equal(1);
    expect((await resolve(ended(), ...open, order())).plan.skips).to.deep.equal([WILL_RETRY]);
  });

  it('finds it if it moves to an earlier time while more than 10,000 documents are read', async () => {
    const other = ended({ reloadId: 'other' });
    const open = Array.from({ length: 10_020 }, (_, index) =>
      order({
        _id: `order:default:b:s:w${index}`,
        appId: 'b',
        state: 'waiting',
        reloadId: undefined,
        dueAt: NOW + index,
      }),
    );
    const being = { reloadId: undefined, isCertain: undefined, postedAt: undefined, doubt: { since: NOW - 5_000 } };
    const claimed = order({ ...being, state: 'claimed', dueAt: NOW + 150_000 });
    const doubtful = order({ ...being, state: 'unknown', dueAt: NOW + 1 });
    const { plan } = await resolveBy(LINKS, other, [...open, claimed], (store) => {
      // The first read is of 100 whole documents, the second is the first page of stubs.
      for (const work of [() => {}, () => {}, () => store.seed(doubtful)]) store.intrude('due', work);
    });
    expect([plan.orders, plan.undecided]).to.deep.equal([[], 1]);
  });

  it('goes by the order that has the reload, if its activation has written that after the resolver read `started`', async () => {
    for (const more of [
      {},
      { state: 'waiting', try: 2, ends: ['r1'], reloadId: undefined, isCertain: undefined, dueAt: NOW + 60_000 },
    ]) {
      const { plan } = await resolve(ended(), order(more));
      expect(plan.skips, JSON.stringify(more)).to.deep.equal([WILL_RETRY]);
    }
  });

  it('counts a reload as failed that Cascade canceled for another order, as that order and the storer do', async () => {
    const OTHER = 'order:default:a:s:r8';
    const sharer = order({ _id: OTHER, isCertain: false, cancelRequestedAt: { r1: NOW - 1_000 } });
    const canceled = ended({ outcome: 'canceled' });
    const shared = note({ also: [OTHER] });
    expect((await resolve(canceled, order(), sharer, shared)).plan.skips).to.deep.equal([WILL_RETRY]);
    const last = { try: 2, ends: ['x'] };
    const { targets } = await resolve(canceled, order(last), sharer, note({ also: [OTHER], try: 2 }));
    expect(targets).to.deep.equal(['repair']);
  });

  it('reads what is due once for all ends of a batch', async () => {
    const store = memoryCouch(() => NOW);
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const events = [ended({ reloadId: 'x1' }), ended({ reloadId: 'x2' }), ended({ reloadId: 'x3', appId: 'b' })];
    const batch = { traceId: 't1', source: 'webhook', receivedAt: NOW, events, ignored: [] };
    const ports = { store, times: timeConstants(), maxHops: 64, log };
    await resolveBatch(batch as unknown as Batch, LINKS, ports);
    expect(store.asked.filter((call) => /^(range|due)/.test(call))).to.deep.equal(['due 100']);
  });

  it('leaves the event due while nothing tells which attempt it was', async () => {
    const { try: _, ...old } = note();
    const claimed = order({ state: 'claimed', reloadId: undefined, doubt: { since: NOW } });
    const { plan } = await resolve(ended(), claimed, old as NewDocument);
    expect([plan.orders, plan.undecided]).to.deep.equal([[], 1]);
  });

  it('sets off what follows where a person’s reload failed', async () => {
    expect((await resolve(ended({ reloadId: 'other' }), order())).targets).to.deep.equal(['repair']);
  });
});
