import { expect } from 'chai';
import { resolve as resolveBatch } from '../../../actions/resolver/resolve.ts';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { Batch } from '../../../src/contracts/batch.ts';
import type { AppIndex } from '../../../src/core/chains/app-index.ts';
import { checkSizes } from '../../../src/core/chains/check-sizes.ts';
import type { CompiledChains, Link } from '../../../src/core/link.ts';
import { expiredHalves } from '../../../src/core/runs/join-words.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { readJoin } from '../../../src/ledger/documents/join.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const JOIN = { of: { 'default/a': 'succeeded', 'default/b': 'succeeded' }, atLeast: 2, within: 6 * HOUR };
const DOCUMENT = 'join:default:c:j1';

const half = (after: string, more: object = {}): Link =>
  ({
    ...{ chain: 'sales', after: { tenant: 'default', appId: after }, on: 'succeeded', clause: 'j1', join: JOIN },
    ...{ target: { tenant: 'default', appId: 'c' }, body: { weight: 2 }, paused: false },
    ...more,
  }) as unknown as Link;
const LINKS = { 'default/a': [half('a')], 'default/b': [half('b')] } as CompiledChains['links'];

/** The end of a reload, `minutes` after NOW. */
const ended = (appId: string, reloadId: string, minutes: number, more: object = {}) => ({
  ...{ tenant: 'default', appId, reloadId, outcome: 'succeeded', endedAt: NOW + minutes * 60_000, partial: false },
  stored: { rev: '1-a', storedAt: NOW, source: 'webhook', traceId: 't1' },
  ...more,
});

async function resolve(
  store: MemoryCouch,
  events: readonly object[],
  { links = LINKS, maxHops = 64, definition = '' } = {},
) {
  const errors: string[] = [];
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: (message: string) => void errors.push(message) };
  const batch = { traceId: 't1', source: 'webhook', receivedAt: NOW, events, ignored: [] } as unknown as Batch;
  const decided = definition !== '' && { definition };
  const plan = await resolveBatch(batch, links, { store, times: timeConstants(), maxHops, log, ...decided });
  return { plan, errors };
}
const storeOf = () => memoryCouch(() => NOW as EpochMs);
const openIn = (store: MemoryCouch) =>
  (store.peek(DOCUMENT)?.['open'] as { order: string }[] | undefined)?.map(({ order }) => order);

const NO_NAMES = { byKey: new Map() } as unknown as AppIndex;

describe('the resolver and a link that waits for several apps', () => {
  it('writes down the first end, and says which app is missing until when', async () => {
    const store = storeOf();
    const { plan } = await resolve(store, [ended('a', 'a1', 0)]);
    expect(plan.orders).to.deep.equal([]);
    expect(plan.skips).to.deep.equal([
      {
        ...{ reason: 'waits-for', tenant: 'default', appId: 'a', reloadId: 'a1', chain: 'sales' },
        target: { tenant: 'default', appId: 'c' },
        missing: [{ tenant: 'default', appId: 'b' }],
        closesAt: NOW + 6 * HOUR,
      },
    ]);
    expect(store.peek(DOCUMENT)).to.deep.include({ type: 'join', chain: 'sales', clause: 'j1', open: [] });
    expect(store.peek(DOCUMENT)).not.to.have.property('dueAt');
  });

  it('orders one reload once both have ended, with both as its causes and the greater distance', async () => {
    const store = storeOf();
    store.seed({
      ...{ _id: 'started:default:a1', schema: 1, type: 'started', order: 'order:default:a:s:r0', also: [] },
      ...{ isGuess: false, hops: 4, root: 'event:default:r0' },
    });
    await resolve(store, [ended('a', 'a1', 0)]);
    const { plan } = await resolve(store, [ended('b', 'b1', 30)]);
    expect(plan.orders).to.deep.equal([
      {
        ...{ order: 'order:default:c:j1:b1', tenant: 'default', appId: 'c', body: { weight: 2 }, chain: 'sales' },
        lineage: { cause: 'b1', others: ['a1'], hops: 5, root: 'event:default:b1' },
      },
    ]);
    expect(plan.skips).to.deep.equal([]);
  });

  it('says that nobody can count the hops if one of the ends is of a reload by API that nobody knows', async () => {
    const store = storeOf();
    const byApi = ended('a', 'a1', 0, { startedBy: 'external' });
    const { plan } = await resolve(store, [byApi, ended('b', 'b1', 30, { startedBy: 'manual' })]);
    expect(plan.orders[0]?.lineage).to.deep.equal({
      ...{ cause: 'b1', others: ['a1'], hops: 1, root: 'event:default:b1', areHopsUnsure: true },
    });
  });

  it('keeps the definition that called for an order, whatever is deployed when the order is created', async () => {
    const store = storeOf();
    await resolve(store, [ended('a', 'a1', 0)], { definition: '1111111111111111' });
    await resolve(store, [ended('b', 'b1', 30)], { definition: '2222222222222222' });
    const again = await resolve(store, [ended('b', 'b1', 30)], { definition: '3333333333333333' });
    expect(again.plan.orders.map(({ order, definition }) => [order, definition])).to.deep.equal([
      ['order:default:c:j1:b1', '2222222222222222'],
    ]);
    expect(again.plan.definition).to.equal('3333333333333333');
  });

  it('leaves an order of an earlier version as it is: nobody knows which chains called for it', async () => {
    const store = storeOf();
    await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 30)]);
    const { plan } = await resolve(store, [ended('b', 'b1', 30)], { definition: '3333333333333333' });
    expect(plan.orders[0]).to.include({ order: 'order:default:c:j1:b1' }).and.not.to.have.property('definition');
  });

  it('keeps the whole order in the document, due, before anybody creates it', async () => {
    const store = storeOf();
    await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 30)]);
    expect(openIn(store)).to.deep.equal(['order:default:c:j1:b1']);
    expect(store.peek(DOCUMENT)?.['dueAt']).to.equal(NOW + 60_000);
    const again = await resolve(store, [ended('b', 'b1', 30)]);
    expect(again.plan.orders.map(({ order }) => order)).to.deep.equal(['order:default:c:j1:b1']);
  });

  it('stays due since its first open order, however often its document is written', async () => {
    const store = storeOf();
    await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 30)]);
    const later = memoryCouch(() => (NOW + 50_000) as EpochMs);
    later.seed({ ...store.peek(DOCUMENT), _id: DOCUMENT });
    await resolve(later, [ended('a', 'a2', 40)]);
    expect(later.peek(DOCUMENT)?.['dueAt']).to.equal(NOW + 60_000);
    later.seed({ ...later.peek(DOCUMENT), _id: DOCUMENT, dueAt: NOW + 90 * 24 * HOUR });
    await resolve(later, [ended('a', 'a3', 50)]);
    expect(later.peek(DOCUMENT)?.['dueAt']).to.equal(NOW + 110_000);
  });

  it('without a sweep takes out the open orders that are stored, so that document and plan stay small', async () => {
    const store = storeOf();
    const sizes: number[] = [];
    for (let run = 1; run <= 60; run += 1) {
      const events = [ended('a', `a${run}`, 2 * run), ended('b', `b${run}`, 2 * run + 1)];
      const { plan } = await resolve(store, events);
      sizes.push(plan.orders.length);
      const stored = plan.orders.filter(({ order }) => order !== 'order:default:c:j1:b30');
      for (const { order } of stored) store.seed({ _id: order, type: 'order' });
    }
    expect(Math.max(...sizes)).to.be.at.most(17);
    expect(openIn(store)).to.include('order:default:c:j1:b30');
  });

  it('reads once and writes once for each link, and writes nothing for what it knows', async () => {
    const store = storeOf();
    await resolve(store, [ended('a', 'a1', 0), ended('a', 'a2', 10), ended('b', 'b1', 30)]);
    expect(store.asked).to.deep.equal([
      'many park:default:a started:default:a1 started:default:a2 park:default:b started:default:b1 gate:default tenant:default join:default:c:j1',
      'put join:default:c:j1',
    ]);
    await resolve(store, [ended('a', 'a1', 0)]);
    expect(store.asked.slice(2)).to.have.length(1);
  });

  it('reads and applies again if another activation wrote between; both halves are there', async () => {
    const store = storeOf();
    const late = storeOf();
    await resolve(late, [ended('a', 'a1', 0)]);
    const others = late.peek(DOCUMENT);
    store.intrude('put', () => others !== undefined && store.seed(others));
    const { plan } = await resolve(store, [ended('b', 'b1', 30)]);
    expect(plan.orders.map(({ order }) => order)).to.deep.equal(['order:default:c:j1:b1']);
    expect(store.asked.filter((call) => !call.startsWith('many'))).to.deep.equal([
      'put join:default:c:j1',
      'get join:default:c:j1',
      'put join:default:c:j1',
    ]);
  });

  it('decides about an event with as many links as a check lets pass', async () => {
    const store = storeOf();
    const variables = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`v${index}`, 'x'.repeat(256)]));
    const links = Array.from({ length: 110 }, (_, index) =>
      half('a', { clause: `n${index}`, join: { ...JOIN, atLeast: 1 }, body: { variables } }),
    );
    const placed = links.map((link) => ({ link, place: { file: 'sales.yaml', path: [] } }));
    expect(checkSizes(placed, NO_NAMES)).to.deep.equal([]);
    const { plan } = await resolve(store, [ended('a', 'a1', 0)], { links: { 'default/a': links } as never });
    expect(plan).not.to.have.property('undecided');
    expect(plan.orders).to.have.length(110);
  });

  it('counts all bytes that an order can have in a plan: of its definition, and of each other end that it took', () => {
    const variables = { v: 'x'.repeat(800_000) };
    const links = [half('a', { body: { variables } })];
    const placed = links.map((link) => ({ link, place: { file: 'sales.yaml', path: [] } }));
    const id = 'r'.repeat(128);
    const order = `{"order":"order:default:c:j1:${id}","tenant":"default","appId":"c","body":{"variables":{"v":"${variables.v}"}},"chain":"sales","definition":"0123456789abcdef","lineage":{"cause":"${id}","others":["${id}"],"hops":10000,"root":"${'r'.repeat(220)}","areHopsUnsure":true}}`;
    const [problem] = checkSizes(placed, NO_NAMES);
    expect(problem?.message).to.contain(`can make ${order.length} bytes of orders`);
  });

  it('leaves an event due if its link’s document is spoilt, and goes on with the others', async () => {
    const store = storeOf();
    store.seed({ _id: DOCUMENT, schema: 1, type: 'join', open: 7 });
    const plain = half('z', { clause: 's', join: undefined });
    const links = { ...LINKS, 'default/z': [{ ...plain, join: undefined }] } as unknown as CompiledChains['links'];
    const { plan, errors } = await resolve(store, [ended('a', 'a1', 0), ended('z', 'z1', 1)], { links });
    expect(plan.undecided).to.equal(1);
    expect(plan.events?.map(({ reloadId }) => reloadId)).to.deep.equal(['z1']);
    expect(plan.orders.map(({ order }) => order)).to.deep.equal(['order:default:c:s:z1']);
    expect(errors[0]).to.contain(DOCUMENT);
  });

  it('leaves an event due after twenty conflicts', async () => {
    const store = storeOf();
    let writes = 0;
    const seedAgain = (): void => {
      writes += 1;
      store.intrude('put', seedAgain);
      store.seed({ ...NO_HALVES, _rev: `1-${writes}` });
    };
    const NO_HALVES = {
      ...{ _id: DOCUMENT, schema: 1, type: 'join', tenant: 'default', appId: 'c', chain: 'sales', clause: 'j1' },
      ...{ rule: JOIN, baseHalves: [], log: [], open: [] },
    };
    seedAgain();
    const { plan, errors } = await resolve(store, [ended('a', 'a1', 0)]);
    expect(plan.undecided).to.equal(1);
    expect(errors).to.deep.equal(['Others write join:default:c:j1 all the time: the events stay due']);
    expect(store.asked.filter((call) => call.startsWith('put'))).to.have.length(20);
  });

  it('counts only ends that match: a failed reload withdraws its app, and says why nothing follows', async () => {
    const store = storeOf();
    await resolve(store, [ended('a', 'a1', 0)]);
    const failed = await resolve(store, [ended('a', 'a2', 10, { outcome: 'failed' })]);
    expect(failed.plan.skips[0]).to.deep.include({ reason: 'outcome-not-matched', on: 'succeeded', outcome: 'failed' });
    const other = await resolve(store, [ended('b', 'b1', 20)]);
    expect(other.plan.skips[0]).to.deep.include({ reason: 'waits-for' });
    const late = await resolve(store, [ended('a', 'a0', -5)]);
    expect(late.plan.skips[0]?.reason).to.equal('superseded');
  });

  it('stops a run that has too many hops: no order, a skip and an alert', async () => {
    const store = storeOf();
    const { plan } = await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 30)], { maxHops: 0 });
    expect(plan.orders).to.deep.equal([]);
    expect(plan.skips.map(({ reason }) => reason)).to.deep.equal(['waits-for', 'too-many-hops']);
    expect(openIn(store)).to.deep.equal([]);
    expect(store.all().map(({ _id }) => _id)).to.include('alert:too-many-hops:event:default:b1');
  });

  it('calls for an order whose hops are just as many as MAX_HOPS allows', async () => {
    const store = storeOf();
    const { plan } = await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 30)], { maxHops: 1 });
    expect(plan.orders.map(({ order, lineage }) => [order, lineage?.hops])).to.deep.equal([
      ['order:default:c:j1:b1', 1],
    ]);
    expect(store.all().map(({ _id }) => _id)).to.deep.equal([DOCUMENT]);
  });

  it('says it again if the activation that stopped the run died before it told anybody', async () => {
    const store = storeOf();
    const events = [ended('a', 'a1', 0), ended('b', 'b1', 30)];
    await resolve(store, events, { maxHops: 0 });
    const join = store.peek('join:default:c:j1');
    const again = storeOf();
    if (join !== undefined) again.seed(join);
    const { plan } = await resolve(again, events, { maxHops: 0 });
    expect(plan.orders).to.deep.equal([]);
    expect(plan.skips.map(({ reason }) => reason)).to.deep.equal(['too-many-hops', 'too-many-hops']);
    expect(again.all().map(({ _id }) => _id)).to.include('alert:too-many-hops:event:default:b1');
    expect(again.peek('join:default:c:j1')).to.deep.equal(join);
  });

  it('names the run that has too many hops, not the one whose end came last; a plain link’s alert stays', async () => {
    const store = storeOf();
    const started = { schema: 1, type: 'started', also: [], isGuess: false, hops: 4, order: 'order:default:a:s:r0' };
    store.seed({ ...started, _id: 'started:default:b1', root: 'event:default:other' });
    const plain = { ...half('b', { clause: 's' }), join: undefined };
    const links = { ...LINKS, 'default/b': [half('b'), plain] } as unknown as CompiledChains['links'];
    store.seed({ ...started, _id: 'started:default:a1', root: 'event:default:far', hops: 9 });
    await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 30)], { links, maxHops: 2 });
    const alerts = store.all().flatMap(({ _id }) => (_id.startsWith('alert:') ? _id : []));
    expect(alerts).to.have.members([
      'alert:too-many-hops:event:default:far',
      'alert:too-many-hops:event:default:other',
    ]);
  });

  it('gives the order the trace id of its end, also if a sweep goes on with that end', async () => {
    const store = storeOf();
    const stored = { rev: '1-a', storedAt: NOW, source: 'webhook', traceId: 't0' };
    await resolve(store, [ended('a', 'a1', 0), ended('b', 'b1', 1, { stored })]);
    expect(store.peek(DOCUMENT)?.['open']).to.have.nested.property('[0].traceId', 't0');
  });

  describe('whose chain is paused', () => {
    const paused = { 'default/a': [half('a', { paused: true })], 'default/b': [half('b', { paused: true })] };
    const whilePaused = (store: MemoryCouch, ...events: readonly object[]) =>
      resolve(store, events, { links: paused as CompiledChains['links'] });
    const ordersOf = ({ plan }: Awaited<ReturnType<typeof resolve>>) =>
      plan.orders.map(({ order, lineage }) => [order, ...(lineage?.others ?? [])]);

    it('remembers an end, and says only that it is paused', async () => {
      const store = storeOf();
      const { plan } = await whilePaused(store, ended('a', 'a1', 0));
      expect(plan.skips).to.deep.equal([
        {
          ...{ reason: 'paused', tenant: 'default', appId: 'a', reloadId: 'a1', chain: 'sales' },
          target: { tenant: 'default', appId: 'c' },
        },
      ]);
      expect(store.peek(DOCUMENT)?.['log']).to.have.length(1);
      expect(store.asked.filter((call) => /^(put|get)/.test(call))).to.deep.equal([`put ${DOCUMENT}`]);
    });

    it('goes on from there: a failure of that time withdraws, and a success of that time counts', async () => {
      const store = storeOf();
      await resolve(store, [ended('a', 'a1', 0)]);
      await whilePaused(store, ended('a', 'a2', 30, { outcome: 'failed' }));
      expect(ordersOf(await resolve(store, [ended('b', 'b1', 60)]))).to.deep.equal([]);
      const other = storeOf();
      await resolve(other, [ended('a', 'a1', 0)]);
      await whilePaused(other, ended('a', 'a2', 30));
      expect(ordersOf(await resolve(other, [ended('b', 'b1', 60)]))).to.deep.equal([['order:default:c:j1:b1', 'a2']]);
    });

    it('calls for nothing if all have ended by then, neither at once nor later, and all count anew', async () => {
      const store = storeOf();
      await resolve(store, [ended('a', 'a1', 0)]);
      const { plan } = await whilePaused(store, ended('b', 'b1', 10));
      expect([plan.orders, plan.skips.map(({ reason }) => reason)]).to.deep.equal([[], ['paused']]);
      expect(openIn(store)).to.deep.equal([]);
      expect(ordersOf(await resolve(store, [ended('a', 'a2', 20)]))).to.deep.equal([]);
      expect(ordersOf(await resolve(store, [ended('b', 'b2', 30)]))).to.deep.equal([['order:default:c:j1:b2', 'a2']]);
    });

    it('still follows ends of before that arrive after it', async () => {
      const store = storeOf();
      await resolve(store, [ended('a', 'a1', 0)]);
      await whilePaused(store, ended('a', 'a2', 60), ended('b', 'b2', 70));
      expect(ordersOf(await resolve(store, [ended('b', 'b1', 10)]))).to.deep.equal([['order:default:c:j1:b1', 'a1']]);
    });

    it('remembers an end once, also if it is told again after the pause', async () => {
      const store = storeOf();
      await whilePaused(store, ended('a', 'a1', 0));
      await resolve(store, [ended('a', 'a1', 0)]);
      expect(store.peek(DOCUMENT)?.['log']).to.have.length(1);
    });

    it('is no problem of people if an end of that time waits in vain', async () => {
      const store = storeOf();
      await whilePaused(store, ended('a', 'a1', 0));
      const join = readJoin(store.peek(DOCUMENT) as StoredDocument);
      expect(expiredHalves(join, join.rule, (NOW + 7 * HOUR) as EpochMs)).to.deep.equal([]);
    });

    it('fires all the same if another chain has the same link, and is not paused', async () => {
      const links = Object.fromEntries(
        ['a', 'b'].map((app) => [`default/${app}`, [half(app, { chain: 'other', paused: true }), half(app)]]),
      ) as CompiledChains['links'];
      const store = storeOf();
      await resolve(store, [ended('a', 'a1', 0)], { links });
      const { plan } = await resolve(store, [ended('b', 'b1', 10)], { links });
      expect(plan.orders.map(({ order }) => order)).to.deep.equal(['order:default:c:j1:b1']);
      expect(plan.skips.map(({ reason }) => reason)).to.deep.equal(['paused']);
    });

    it('asks for nothing without a ledger', async () => {
      const batch = { traceId: 't1', source: 'webhook', receivedAt: NOW, events: [ended('a', 'a1', 0)], ignored: [] };
      const plan = await resolveBatch(batch as unknown as Batch, paused as CompiledChains['links']);
      expect(plan.skips.map(({ reason }) => reason)).to.deep.equal(['paused']);
    });
  });

  it('without a ledger starts nothing, and says that it needs one', async () => {
    const batch = { traceId: 't1', source: 'webhook', receivedAt: NOW, events: [ended('a', 'a1', 0)], ignored: [] };
    const plan = await resolveBatch(batch as unknown as Batch, LINKS);
    expect(plan.orders).to.deep.equal([]);
    expect(plan.skips.map(({ reason }) => reason)).to.deep.equal(['needs-ledger']);
    expect(plan).not.to.have.property('joined');
  });
});
