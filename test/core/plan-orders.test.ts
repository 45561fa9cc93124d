import { expect } from 'chai';
import fc from 'fast-check';
import type { CompiledChains, Link, On } from '../../src/core/link.ts';
import type { AppId, ChainName, ReloadId, TenantName } from '../../src/core/names.ts';
import { isMatch, planOrders } from '../../src/core/plan-orders.ts';
import { OUTCOMES, type Outcome, type ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';

const app = (appId: string, tenant = 'default') => ({ tenant: tenant as TenantName, appId: appId as AppId });

const link = (after: string, target: string, more: Partial<Link> = {}): Link => ({
  chain: 'sales' as ChainName,
  after: app(after),
  on: 'succeeded',
  target: app(target),
  clause: 's',
  body: {},
  paused: false,
  ...more,
});

function linksOf(...links: readonly Link[]): CompiledChains['links'] {
  const byUpstream: Record<string, Link[]> = {};
  for (const each of links) {
    const key = `${each.after.tenant}/${each.after.appId}`;
    byUpstream[key] = [...(byUpstream[key] ?? []), each];
  }
  return byUpstream;
}

const ended = (appId: string, reloadId: string, more: Partial<ReloadFinished> = {}): ReloadFinished => ({
  ...app(appId),
  reloadId: reloadId as ReloadId,
  outcome: 'succeeded',
  endedAt: 1_000 as EpochMs,
  partial: false,
  ...more,
});

describe('which ends set a link off', () => {
  const matched: Readonly<Record<On, readonly Outcome[]>> = {
    succeeded: ['succeeded'],
    failed: ['failed', 'exceeded-limit'],
    any: ['succeeded', 'failed', 'canceled', 'exceeded-limit'],
  };
  for (const on of ['succeeded', 'failed', 'any'] as const) {
    for (const outcome of OUTCOMES) {
      const expected = matched[on].includes(outcome);
      it(`on: ${on} ${expected ? 'matches' : 'does not match'} ${outcome}`, () => {
        expect(isMatch(on, outcome)).to.equal(expected);
      });
    }
  }
});

describe('what follows from ended reloads', () => {
  it('is one order for each link that matches, with the link’s body', () => {
    const body = { partial: true, weight: 5, variables: { region: 'EMEA' } };
    const { orders, skips } = planOrders([ended('a', 'r1')], linksOf(link('a', 'b', { body }), link('a', 'c')));
    expect(orders).to.deep.equal([
      { order: 'order:default:b:s:r1', tenant: 'default', appId: 'b', body, chain: 'sales' },
      { order: 'order:default:c:s:r1', tenant: 'default', appId: 'c', body: {}, chain: 'sales' },
    ]);
    expect(skips).to.deep.equal([]);
  });

  it('is nothing where no link names the app, and says so', () => {
    expect(planOrders([ended('z', 'r1')], linksOf(link('a', 'b')))).to.deep.equal({
      orders: [],
      joined: [],
      remembered: [],
      skips: [{ reason: 'no-link', tenant: 'default', appId: 'z', reloadId: 'r1' }],
    });
  });

  it('is nothing for an app of the same id in another tenant', () => {
    const event = ended('a', 'r1', { tenant: 'other' as TenantName });
    expect(planOrders([event], linksOf(link('a', 'b')))).to.deep.equal({
      orders: [],
      joined: [],
      remembered: [],
      skips: [{ reason: 'no-link', tenant: 'other', appId: 'a', reloadId: 'r1' }],
    });
  });

  it('tells the outcome that a link did not wait for', () => {
    const event = ended('a', 'r1', { outcome: 'canceled' });
    expect(planOrders([event], linksOf(link('a', 'b', { on: 'failed' })))).to.deep.equal({
      orders: [],
      joined: [],
      remembered: [],
      skips: [
        {
          reason: 'outcome-not-matched',
          tenant: 'default',
          appId: 'a',
          reloadId: 'r1',
          chain: 'sales',
          target: { tenant: 'default', appId: 'b' },
          on: 'failed',
          outcome: 'canceled',
        },
      ],
    });
  });

  it('is nothing for a paused link, whatever the outcome', () => {
    const event = ended('a', 'r1', { outcome: 'failed' });
    expect(planOrders([event], linksOf(link('a', 'b', { paused: true })))).to.deep.equal({
      orders: [],
      joined: [],
      remembered: [],
      skips: [
        {
          reason: 'paused',
          tenant: 'default',
          appId: 'a',
          reloadId: 'r1',
          chain: 'sales',
          target: { tenant: 'default', appId: 'b' },
        },
      ],
    });
  });

  it('is one order where two chains have the same link, and names the order in the skip', () => {
    const links = linksOf(link('a', 'b'), link('a', 'b', { chain: 'stock' as ChainName }));
    expect(planOrders([ended('a', 'r1')], links)).to.deep.equal({
      orders: [{ order: 'order:default:b:s:r1', tenant: 'default', appId: 'b', body: {}, chain: 'sales' }],
      joined: [],
      remembered: [],
      skips: [
        {
          reason: 'already-ordered',
          tenant: 'default',
          appId: 'a',
          reloadId: 'r1',
          chain: 'stock',
          target: { tenant: 'default', appId: 'b' },
          order: 'order:default:b:s:r1',
        },
      ],
    });
  });

  it('is ordered by the active chain where the same link is paused in another', () => {
    const links = linksOf(link('a', 'b', { paused: true }), link('a', 'b', { chain: 'stock' as ChainName }));
    const { orders, skips } = planOrders([ended('a', 'r1')], links);
    expect(orders.map(({ chain }) => chain)).to.deep.equal(['stock']);
    expect(skips.map(({ reason }) => reason)).to.deep.equal(['paused']);
  });

  it('is two orders where two links to one app have names of their own', () => {
    const links = linksOf(link('a', 'b', { clause: 'full' }), link('a', 'b', { clause: 'quick' }));
    expect(planOrders([ended('a', 'r1')], links).orders.map(({ order }) => order)).to.deep.equal([
      'order:default:b:full:r1',
      'order:default:b:quick:r1',
    ]);
  });

  it('names the tenant in the cause where the target lives in another', () => {
    const links = linksOf(link('a', 'b', { target: app('b', 'acme-eu') }));
    expect(planOrders([ended('a', 'r1')], links).orders).to.deep.equal([
      { order: 'order:acme-eu:b:s:default.r1', tenant: 'acme-eu', appId: 'b', body: {}, chain: 'sales' },
    ]);
  });

  it('takes either branch of an OR: each end is a cause of its own', () => {
    const links = linksOf(link('a', 'c'), link('b', 'c'));
    expect(planOrders([ended('b', 'r2'), ended('a', 'r1')], links).orders.map(({ order }) => order)).to.deep.equal([
      'order:default:c:s:r1',
      'order:default:c:s:r2',
    ]);
  });

  it('is one order where one end is told twice', () => {
    const { orders, skips } = planOrders([ended('a', 'r1'), ended('a', 'r1')], linksOf(link('a', 'b')));
    expect(orders).to.have.length(1);
    expect(skips.map(({ reason }) => reason)).to.deep.equal(['already-ordered']);
  });
});

const tenants = fc.constantFrom('default', 'acme-eu');
const apps = fc.constantFrom('a', 'b', 'c', 'd');
const anyLink = fc
  .record({
    after: fc.tuple(apps, tenants),
    target: fc.tuple(apps, tenants),
    on: fc.constantFrom<On>('succeeded', 'failed', 'any'),
    paused: fc.boolean(),
    clause: fc.constantFrom('s', 'quick'),
  })
  .map(({ after, target, ...rest }) => link('', '', { ...rest, after: app(...after), target: app(...target) }));
const anyEvent = fc
  .record({
    at: fc.tuple(apps, tenants),
    reloadId: fc.constantFrom('r1', 'r2', 'r3'),
    outcome: fc.constantFrom(...OUTCOMES),
    endedAt: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ at, reloadId, outcome, endedAt }) =>
    ended('', reloadId, { ...app(...at), outcome, endedAt: endedAt as EpochMs }),
  );

describe('planning, whatever the links and events', () => {
  it('never gives the same order twice, and accounts for each link of each event once', () => {
    fc.assert(
      fc.property(fc.array(anyLink, { maxLength: 8 }), fc.array(anyEvent, { maxLength: 5 }), (links, events) => {
        const { orders, skips } = planOrders(events, linksOf(...links));
        expect(new Set(orders.map(({ order }) => order)).size).to.equal(orders.length);
        const followers = (event: ReloadFinished) =>
          links.filter(({ after }) => after.tenant === event.tenant && after.appId === event.appId).length;
        const asked = events.reduce((sum, event) => sum + Math.max(1, followers(event)), 0);
        expect(orders.length + skips.length).to.equal(asked);
      }),
    );
  });

  it('does not depend on the order in which events are told', () => {
    const shuffled = fc
      .array(anyEvent, { maxLength: 5 })
      .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })));
    fc.assert(
      fc.property(fc.array(anyLink, { maxLength: 8 }), shuffled, (links, [events, others]) => {
        expect(planOrders(others, linksOf(...links))).to.deep.equal(planOrders(events, linksOf(...links)));
      }),
    );
  });
});
