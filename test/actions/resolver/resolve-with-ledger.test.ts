import { expect } from 'chai';
import { resolve as resolveBatch } from '../../../actions/resolver/resolve.ts';
import type { Batch } from '../../../src/contracts/batch.ts';
import type { CompiledChains, Link } from '../../../src/core/link.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { compileChains } from '../../support/compile-chains.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

const STORE_NOW = 1_800_000_000_000;

const link = (after: string, target: string, more: Partial<Link> = {}): Link =>
  ({
    chain: 'sales',
    after: { tenant: 'default', appId: after },
    on: 'succeeded',
    target: { tenant: 'default', appId: target },
    clause: 's',
    body: {},
    paused: false,
    ...more,
  }) as Link;
const LINKS = {
  'default/a': [link('a', 'b'), link('a', 'e', { target: { tenant: 'acme', appId: 'e' } } as never)],
  'default/b': [link('b', 'c')],
} as CompiledChains['links'];

const event = (appId: string, reloadId: string, more: object = {}) => ({
  ...{ tenant: 'default', appId, reloadId, outcome: 'succeeded', endedAt: STORE_NOW - 1_000, partial: false },
  stored: { rev: '1-a', storedAt: STORE_NOW, source: 'webhook', traceId: 't1' },
  ...more,
});
const batchOf = (events: readonly object[], more: object = {}) =>
  ({ traceId: 't1', source: 'webhook', receivedAt: STORE_NOW, events, ignored: [], ...more }) as unknown as Batch;

const orderDocument = (id: string, more: object = {}) => ({
  ...{ _id: id, schema: 1, type: 'order', tenant: 'default', appId: 'a', chain: 'sales', state: 'posted', body: {} },
  ...{ causes: ['r0'], hops: 3, root: 'event:default:r0', traceId: 't0', try: 1, claims: 1, ends: [], createdAt: 1 },
  ...more,
});
const started = (reloadId: string, hops: number) => ({
  ...{ _id: `started:default:${reloadId}`, schema: 1, type: 'started', order: 'order:default:a:s:r0' },
  ...{ also: [], isGuess: false, hops, root: 'event:default:r00' },
});
const park = (appId: string, slots: object) => ({ _id: `park:default:${appId}`, schema: 1, type: 'park', slots });
const gate = (tenant: string, until: number) => ({ _id: `gate:${tenant}`, schema: 1, type: 'gate', until });

async function resolve(batch: Batch, store: MemoryCouch, maxHops = 64, links = LINKS, more: object = {}) {
  const errors: string[] = [];
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: (message: string) => void errors.push(message) };
  return { plan: await resolveBatch(batch, links, { store, times: timeConstants(), maxHops, log, ...more }), errors };
}
const storeOf = () => memoryCouch(() => STORE_NOW as EpochMs);

describe('the resolver with a ledger', () => {
  it('asks once, for the parks, starts, echoed orders and gates that concern the events', async () => {
    const store = storeOf();
    await resolve(batchOf([event('a', 'r1', { orderId: 'order:default:a:s:r0' })]), store);
    expect(store.asked).to.deep.equal([
      'many park:default:a started:default:r1 order:default:a:s:r0 gate:default gate:acme tenant:default tenant:acme',
    ]);
  });

  it('asks nothing without events, and passes on what is due and the hints', async () => {
    const store = storeOf();
    const more = { due: ['order:default:b:s:r9'], hints: [{ tenant: 'default', told: 'x1' }] };
    const { plan } = await resolve(batchOf([], more), store);
    expect(store.asked).to.deep.equal([]);
    expect(plan).to.deep.equal({
      ...{ traceId: 't1', source: 'webhook', receivedAt: STORE_NOW, orders: [], skips: [], ignored: [] },
      ...more,
      storeNow: STORE_NOW,
    });
  });

  it('gives each order its cause, and the event as the root where no order caused it', async () => {
    const { plan } = await resolve(batchOf([event('a', 'r1', { startedBy: 'hub' })]), storeOf());
    expect(plan.orders.map(({ order, lineage }) => [order, lineage])).to.deep.equal([
      ['order:default:b:s:r1', { cause: 'r1', hops: 1, root: 'event:default:r1' }],
      ['order:acme:e:s:default.r1', { cause: 'default.r1', hops: 1, root: 'event:default:r1' }],
    ]);
    expect(plan.events).to.deep.equal([event('a', 'r1', { startedBy: 'hub' })]);
    expect(plan.storeNow).to.equal(STORE_NOW);
  });

  it('goes on in the run of the order that Qlik echoes, else of the one that is remembered', async () => {
    const store = storeOf();
    store.seed(orderDocument('order:default:a:s:r0'), started('r1', 7));
    const lineageOf = async (more: object) => (await resolve(batchOf([event('b', 'r1', more)]), store)).plan.orders[0];
    expect((await lineageOf({ orderId: 'order:default:a:s:r0' }))?.lineage).to.deep.equal({
      ...{ cause: 'r1', hops: 4, root: 'event:default:r0' },
    });
    expect((await lineageOf({ startedBy: 'external' }))?.lineage).to.deep.equal({
      ...{ cause: 'r1', hops: 8, root: 'event:default:r00' },
    });
  });

  it('is not sure of the hops where a reload by API is neither echoed nor remembered', async () => {
    const { plan } = await resolve(batchOf([event('b', 'r1', { startedBy: 'external' })]), storeOf());
    expect(plan.orders[0]?.lineage).to.deep.equal({
      ...{ cause: 'r1', hops: 1, root: 'event:default:r1', areHopsUnsure: true },
    });
  });

  it('names the definition by which it decides, in the plan and in each order', async () => {
    const more = { definition: '0123456789abcdef' };
    const { plan } = await resolve(batchOf([event('a', 'r1')]), storeOf(), 64, LINKS, more);
    expect(plan.definition).to.equal('0123456789abcdef');
    expect(plan.orders.map(({ definition }) => definition)).to.deep.equal(['0123456789abcdef', '0123456789abcdef']);
  });

  it('takes the ends in their order', async () => {
    const late = event('a', 'r1', { endedAt: STORE_NOW });
    const { plan } = await resolve(batchOf([late, event('b', 'r2')]), storeOf());
    expect(plan.orders.map(({ order }) => order)).to.deep.equal([
      'order:default:c:s:r2',
      'order:default:b:s:r1',
      'order:acme:e:s:default.r1',
    ]);
  });

  it('wakes who is parked for the app, whatever the outcome, also where nothing follows', async () => {
    const store = storeOf();
    const slot = (order: string) => ({ order, hops: 1 });
    store.seed(park('b', { h1: slot('order:default:b:s:r7'), h2: slot('order:default:b:x:r7') }));
    const { plan } = await resolve(batchOf([event('b', 'r1', { outcome: 'failed' })]), store);
    expect(plan.wake).to.deep.equal(['order:default:b:s:r7', 'order:default:b:x:r7']);
    expect([plan.orders, plan.skips.map(({ reason }) => reason)]).to.deep.equal([[], ['outcome-not-matched']]);
  });

  it('tells the gates that are still shut', async () => {
    const store = storeOf();
    store.seed(gate('acme', STORE_NOW + 1), gate('default', STORE_NOW));
    const { plan } = await resolve(batchOf([event('a', 'r1')]), store);
    expect(plan.tenants).to.deep.equal({ acme: { gateUntil: STORE_NOW + 1 }, default: {} });
  });

  it('passes on which tenants give our ids back, and nothing of those of which nobody knows', async () => {
    const store = storeOf();
    const plans = [];
    for (const echoes of [true, false]) {
      store.seed({ _id: 'gate:acme', schema: 1, type: 'gate', echoes });
      plans.push((await resolve(batchOf([event('a', 'r1')]), store)).plan);
    }
    expect(plans.map((plan) => plan.tenants)).to.deep.equal([
      { acme: { echoes: true }, default: {} },
      { acme: { echoes: false }, default: {} },
    ]);
  });

  it('does not pass on what was learned where the tenant was before it moved', async () => {
    const store = storeOf();
    const [before, now] = ['https://before.eu.qlikcloud.com', 'https://now.eu.qlikcloud.com'];
    const plans = [];
    for (const echoesAt of [before, now]) {
      store.seed({ _id: 'tenant:acme', schema: 1, type: 'tenant', url: now });
      store.seed({ _id: 'gate:acme', schema: 1, type: 'gate', echoes: true, echoesAt });
      plans.push((await resolve(batchOf([event('a', 'r1')]), store)).plan);
    }
    expect(plans.map((plan) => plan.tenants?.['acme'])).to.deep.equal([
      { tenantUrl: now },
      { echoes: true, tenantUrl: now },
    ]);
  });

  it('stops a run that is too long: skips and one alert', async () => {
    const store = storeOf();
    store.seed(orderDocument('order:default:a:s:r0'));
    const events = [event('a', 'r1', { orderId: 'order:default:a:s:r0' })];
    expect((await resolve(batchOf(events), store, 4)).plan.orders).to.have.length(2);
    const { plan } = await resolve(batchOf(events), store, 3);
    expect([plan.orders, plan.events]).to.deep.equal([[], events]);
    const common = { reason: 'too-many-hops', tenant: 'default', appId: 'a', reloadId: 'r1', chain: 'sales', hops: 4 };
    expect(plan.skips).to.deep.equal([
      { ...common, target: { tenant: 'default', appId: 'b' } },
      { ...common, target: { tenant: 'acme', appId: 'e' } },
    ]);
    expect(store.peek('alert:too-many-hops:event:default:r0')).to.include({ type: 'alert', traceId: 't1' });
  });

  it('dates an alert by the store’s clock, not by the receipt, which has the container’s', async () => {
    const store = storeOf();
    store.seed(orderDocument('order:default:a:s:r0'));
    const events = [event('a', 'r1', { orderId: 'order:default:a:s:r0' })];
    await resolve(batchOf(events, { receivedAt: 1_700_000_000_000 }), store, 3);
    expect(store.peek('alert:too-many-hops:event:default:r0')).to.include({ at: 1_800_000_000_000 });
  });

  it('leaves the events due where the store does not answer, and still passes on the rest', async () => {
    const store = storeOf();
    store.fail('many', 'before');
    const { plan, errors } = await resolve(batchOf([event('a', 'r1')], { due: ['order:default:b:s:r9'] }), store);
    expect(plan).to.deep.include({ undecided: 1, orders: [], due: ['order:default:b:s:r9'] });
    expect(plan).not.to.have.property('events');
    expect(errors).to.have.length(1);
  });

  it('takes a document that is not ours for missing, and says so', async () => {
    const store = storeOf();
    store.seed(park('b', { h1: { order: 7 } }), { ...orderDocument('order:default:a:s:r0'), schema: 2 });
    const { plan, errors } = await resolve(batchOf([event('b', 'r1', { orderId: 'order:default:a:s:r0' })]), store);
    expect([plan.wake, plan.orders[0]?.lineage?.hops]).to.deep.equal([[], 1]);
    expect(errors).to.have.length(2);
  });
});

/** The most bytes that OpenWhisk accepts as parameters and as a result (ow-limits-01, ow-results-13). */
const OPENWHISK_BYTES = 1_048_576;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('the resolver with a ledger, where more follows than OpenWhisk carries,', () => {
  const uuid = (letter: string, number: number) =>
    `${letter.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const up = uuid('a', 0);
  const followers = Array.from({ length: 20 }, (_, number) => link(up, uuid('b', number)));
  const links = { [`default/${up}`]: followers } as CompiledChains['links'];
  const ends = Array.from({ length: 200 }, (_, number) => event(up, String(number).padStart(24, '0')));

  it('takes ends that are not recorded before documents that owe notices', async () => {
    const unrecorded = Array.from({ length: 8_000 }, (_, number) => event('a', `u${number}`));
    const owing = Array.from({ length: 400 }, (_, number) => `app:default:${uuid('c', number)}`);
    const { plan } = await resolve(batchOf(ends.slice(0, 1), { unrecorded, owing }), storeOf(), 64, links);
    expect(bytesOf({ plan })).to.be.below(OPENWHISK_BYTES);
    expect(plan.unrecorded?.length).to.be.within(2_000, 7_999);
    expect(plan.owing?.length).to.be.below(5);
  });

  it('decides about as many events as fit; the others stay due, and all are decided about in time', async () => {
    const orders: string[] = [];
    let left: readonly object[] = ends;
    for (let plans = 0; left.length > 0 && plans < 5; plans += 1) {
      const { plan } = await resolve(batchOf(left), storeOf(), 64, links);
      expect(bytesOf({ plan })).to.be.below(OPENWHISK_BYTES);
      const decided = new Set((plan.events ?? []).map(({ reloadId }) => reloadId));
      expect([decided.size + (plan.undecided ?? 0), plan.orders.length]).to.deep.equal([
        left.length,
        20 * decided.size,
      ]);
      orders.push(...plan.orders.map(({ order }) => order));
      left = left.filter((each) => !decided.has((each as { reloadId: never }).reloadId));
    }
    // 200 ends of 20 followers.
    expect([left.length, new Set(orders).size, orders.length]).to.deep.equal([0, 4_000, 4_000]);
  });

  it('lets many events not starve the orders and hints that are due, nor those an event', async () => {
    const due = Array.from({ length: 500 }, (_, number) => `order:default:${uuid('c', number)}:s:r0`);
    const hints = Array.from({ length: 500 }, (_, number) => ({ tenant: 'default', told: uuid('d', number) }));
    const { plan } = await resolve(batchOf(ends, { due, hints }), storeOf(), 64, links);
    expect([plan.due?.length, plan.hints?.length]).to.deep.equal([500, 500]);
    const tooMany = Array.from({ length: 12_000 }, (_, number) => `order:default:${uuid('c', number)}:s:${up}`);
    const other = await resolve(batchOf(ends, { due: tooMany, hints }), storeOf(), 64, links);
    // The ids take most of it, and one event goes first.
    expect(other.plan.events?.length).to.be.within(1, 10);
    expect(other.plan.due?.length).to.be.above(5_000);
    expect(bytesOf({ plan: other.plan })).to.be.below(OPENWHISK_BYTES);
  });

  it('passes on as many ends that are only to be recorded as fit beside the others', async () => {
    const unrecorded = Array.from({ length: 1_000 }, (_, number) =>
      event(up, String(number).padStart(24, '9'), { error: { code: 'EngineFailure', message: 'x'.repeat(300) } }),
    );
    const { plan } = await resolve(batchOf(ends, { unrecorded }), storeOf(), 64, links);
    expect(plan.events?.length).to.be.above(0);
    expect(plan.unrecorded?.length).to.be.above(500);
    expect(bytesOf({ plan })).to.be.below(OPENWHISK_BYTES);
  });

  it('wakes as many as fit: a parked order is due anyway', async () => {
    const store = storeOf();
    const slots = Array.from({ length: 12_000 }, (_, number) => [
      `h${number}`,
      { order: `order:default:${up}:s:${uuid('r', number)}`, hops: 1 },
    ]);
    store.seed(park(up, Object.fromEntries(slots)));
    const { plan } = await resolve(batchOf(ends.slice(0, 1)), store, 64, links);
    expect([plan.orders.length, plan.undecided]).to.deep.equal([20, undefined]);
    expect(plan.wake?.length).to.be.above(5_000).and.below(12_000);
    expect(bytesOf({ plan })).to.be.below(OPENWHISK_BYTES);
  });

  it('finds room for one end with the most that may follow it, after the longest ids', async () => {
    const target = (number: number) => ({ tenant: 't'.repeat(40), appId: String(number).padStart(64, 'b') });
    const most = (count: number, variables: object) => ({
      file: 'a.yaml',
      content: {
        chain: 'c'.repeat(40),
        apps: Object.fromEntries([
          ['x', { id: 'a'.repeat(64), tenant: 'u'.repeat(40) }],
          ...Array.from({ length: count }, (_, number) => [
            `b${number}`,
            { id: target(number).appId, tenant: target(number).tenant },
          ]),
        ]),
        reloads: Array.from({ length: count }, (_, number) => ({
          app: `b${number}`,
          after: 'x',
          name: 'n'.repeat(40),
          variables,
        })),
      },
    });
    const [tenant, appId, reloadId] = ['u'.repeat(40), 'a'.repeat(64), 'r'.repeat(128)];
    const root = `order:${'t'.repeat(40)}:${'a'.repeat(64)}:${'n'.repeat(40)}:m.${'q'.repeat(64)}`;
    const euros = Object.fromEntries(
      Array.from({ length: 20 }, (_, number) => [String(number).padStart(256, 'v'), '€'.repeat(256)]),
    );
    for (const [count, variables] of [
      [760, {}],
      [36, euros],
    ] as const) {
      const { compiled, problems } = compileChains([most(count, variables)] as never);
      // Ids so long are no UUIDs: a warning.
      expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      const store = storeOf();
      store.seed({ ...started(reloadId, 9_999), _id: `started:${tenant}:${reloadId}`, root });
      const told = event(appId, reloadId, {
        tenant,
        error: { code: '€'.repeat(200), message: '\u0001'.repeat(1_000) },
      });
      const { plan } = await resolve(batchOf([told]), store, 10_000, compiled?.links);
      expect([plan.orders.length, plan.undecided]).to.deep.equal([count, undefined]);
      expect(bytesOf({ plan })).to.be.below(OPENWHISK_BYTES);
      const tooMany = compileChains([most(Math.ceil(count * 1.1), variables)] as never).problems;
      const errors = tooMany.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ code }) => code)).to.deep.equal(['PAYLOAD_TOO_LARGE']);
    }
  });
});

describe('the tenants of a plan', () => {
  const tenantDocument = (name: string, url: string, more: object = {}) => ({
    ...{ _id: `tenant:${name}`, schema: 1, type: 'tenant', url },
    ...more,
  });
  const heard = (heardFrom: string) =>
    event('a', 'r1', { stored: { rev: '1-a', storedAt: STORE_NOW, source: 'webhook', traceId: 't1', heardFrom } });

  it('come with their addresses by the ledger, where it says them', async () => {
    const store = storeOf();
    store.seed(tenantDocument('acme', 'https://acme.eu.qlikcloud.com'), tenantDocument('unrelated', 'https://u.com'));
    const { plan } = await resolve(batchOf([event('a', 'r1')]), store);
    expect(plan.tenants).to.deep.equal({ acme: { tenantUrl: 'https://acme.eu.qlikcloud.com' }, default: {} });
    expect(plan.orders).to.have.length(2);
  });

  it('come with no address at all where the document cannot be read: nobody agrees with that', async () => {
    const store = storeOf();
    store.seed({ ...tenantDocument('acme', 'https://acme.eu.qlikcloud.com'), schema: 2 });
    const { plan, errors } = await resolve(batchOf([event('a', 'r1')]), store);
    expect(plan.tenants).to.deep.equal({ acme: { tenantUrl: '' }, default: {} });
    expect(errors).to.have.length(1);
  });

  it('that ends were not heard of in take no room in the plan for their alert', async () => {
    const store = storeOf();
    store.seed(tenantDocument('default', 'https://default.eu.qlikcloud.com'));
    const { stored } = heard('https://another.eu.qlikcloud.com');
    const events = Array.from({ length: 1_500 }, (_, n) => event('a', `r${n}`, { stored }));
    const { plan } = await resolve(batchOf(events), store);
    expect([plan.events?.length, plan.undecided]).to.deep.equal([1_500, undefined]);
  });

  it('that an end was not heard of in have nothing started for it, and nobody woken', async () => {
    const store = storeOf();
    store.seed(
      tenantDocument('default', 'https://default.eu.qlikcloud.com'),
      park('a', { x: { order: 'order:default:a:s:r0', hops: 1 } }),
    );
    const { plan, errors } = await resolve(batchOf([heard('https://another.eu.qlikcloud.com')]), store);
    const skip = { reason: 'other-tenant', tenant: 'default', appId: 'a', reloadId: 'r1' };
    expect(plan).to.deep.include({
      ...{ orders: [], wake: [], skips: [{ ...skip, heardFrom: 'https://another.eu.qlikcloud.com' }] },
      events: [heard('https://another.eu.qlikcloud.com')],
    });
    expect(store.peek('alert:tenant-moved:default')?.['message']).to.include(
      'is at https://another.eu.qlikcloud.com, and the ledger that it is at https://default.eu.qlikcloud.com',
    );
    expect(errors).to.have.length(1);
  });

  it('that an end was not heard of in, by their ids, are told apart by their ids', async () => {
    const store = storeOf();
    store.seed(tenantDocument('default', 'https://default.eu.qlikcloud.com', { id: 'id-1' }));
    expect((await resolve(batchOf([heard('id-2')]), store)).plan.orders).to.deep.equal([]);
    expect(store.peek('alert:tenant-moved:default')?.['message']).to.include(
      'is at id-2, and the ledger that it is at id-1',
    );
  });

  for (const heardFrom of ['https://default.eu.qlikcloud.com', 'https://old.eu.qlikcloud.com', 'id-1']) {
    it(`that an end was heard of in, as ${heardFrom}, follow it up`, async () => {
      const store = storeOf();
      const before = ['https://old.eu.qlikcloud.com'];
      store.seed(tenantDocument('default', 'https://default.eu.qlikcloud.com', { id: 'id-1', before }));
      expect((await resolve(batchOf([heard(heardFrom)]), store)).plan.orders).to.have.length(2);
    });
  }
});
