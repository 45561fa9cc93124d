import { expect } from 'chai';
import { nodeState } from '../../dashboard/model/mark.ts';
import { runLine } from '../../dashboard/model/run-line.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { Run } from '../../src/core/runs/group-runs.ts';
import type { RememberedJoin } from '../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../src/core/units.ts';

const event = (more: object = {}) =>
  ({
    ...{
      _id: 'event:default:r1',
      tenant: 'default',
      appId: 'a1',
      reloadId: 'r1',
      outcome: 'succeeded',
      endedAt: 1_000,
    },
    ...{ partial: false, source: 'webhook', storedAt: 1_100, resolvedAt: 1_200 },
    ...more,
  }) as EventFact;
const order = (id: string, more: object = {}) =>
  ({
    ...{ _id: id, tenant: 'default', appId: 'a2', chain: 'sales', state: 'ended', causes: ['event:default:r1'] },
    ...{ hops: 1, root: 'event:default:r1', ends: [], outcome: 'succeeded', createdAt: 1_100, endedAt: 6_000, ...more },
  }) as unknown as OrderFact;
const run = (events: readonly EventFact[], orders: readonly OrderFact[]): Run => ({
  root: 'event:default:r1',
  events,
  orders,
});
const line = (given: Run, joins: readonly RememberedJoin[] = []) =>
  runLine(given, joins, ({ appId }) => `App ${appId}`, 61_000 as EpochMs);

describe('a run in the page’s list', () => {
  it('says how it began, what followed and how long it took', () => {
    expect(line(run([event()], [order('o1', { outcome: 'failed' }), order('o2')]))).to.deep.equal({
      root: 'event:default:r1',
      state: 'failed',
      beganAt: 1_000,
      title: 'App a1',
      first: ' succeeded',
      followed: '2 followed: 1 succeeded, 1 failed',
      took: '5 s',
    });
  });

  it('goes on while an order is left to do, up to now', () => {
    const going = line(run([event()], [order('o1', { state: 'posted', outcome: undefined, endedAt: undefined })]));
    expect(going).to.include({ state: 'running', followed: '1 followed: 1 running', took: '1 min' });
  });

  it('says that nothing followed, and that a person canceled it', () => {
    expect(line(run([event({ outcome: 'canceled' })], []))).to.include({
      state: 'canceled',
      followed: 'nothing followed',
      took: '0 s',
    });
    expect(line(run([event({ createdAt: -59_000 })], [])).took).to.equal('1 min');
  });

  it('by hand says how its own reload stands, and does not count it as one that followed', () => {
    const byHand = (more: object, ...others: readonly OrderFact[]) =>
      line({ root: 'o1', events: [], orders: [order('o1', { root: 'o1', ...more }), ...others] });
    expect(byHand({})).to.include({ title: 'App a2 by hand', first: ': succeeded', followed: 'nothing followed' });
    const open = { outcome: undefined, endedAt: undefined };
    expect(byHand({ outcome: 'failed', state: 'waiting', endedAt: undefined }).first).to.equal(': waiting');
    expect(byHand({ ...open, state: 'posted' }).first).to.equal(': running');
    expect(byHand({ ...open, state: 'gave-up', gaveUpAt: 3_601_100 })).to.include({
      ...{ state: 'failed', first: ': given up', followed: 'nothing followed', took: '1 h' },
    });
    const timedOut = { outcome: 'canceled', reason: { code: 'TIMED_OUT', message: 'm' } };
    expect(byHand(timedOut).first).to.equal(': ran too long');
    expect(byHand({}, order('o2', { root: 'o1' })).followed).to.equal('1 followed: 1 succeeded');
  });

  it('is not titled with the outcome of its first reload, if another reload of it failed', () => {
    const failed = order('o2', { root: 'o1', outcome: 'failed' });
    expect(line({ root: 'o1', events: [], orders: [order('o1', { root: 'o1' }), failed] })).to.include({
      ...{ state: 'failed', title: 'App a2 by hand', first: ': succeeded', followed: '1 followed: 1 failed' },
    });
  });

  it('says what became of an end for a link that waits for several apps, in the words of the command line', () => {
    const end = { app: 'default/a1', reloadId: 'r1', endedAt: 1_000, outcome: 'succeeded' };
    const rule = { of: { 'default/a1': 'succeeded', 'default/a3': 'succeeded' }, atLeast: 2, within: 3_600_000 };
    const join = (log: object) =>
      ({ tenant: 'default', appId: 'a2', chain: 'sales', clause: 'j1', rule, baseHalves: [], log: [log] }) as unknown;
    const used = join({ ...end, usedBy: { app: 'default/a3', reloadId: 'r3' } }) as RememberedJoin;
    expect(line(run([event()], []), [used]).followed).to.equal('helped to call for 1 order of other runs');
    expect(line(run([event()], [order('o1')]), [used]).followed).to.equal(
      '1 followed: 1 succeeded; helped to call for 1 order of other runs',
    );
    const own = order('order:default:a2:j1:r3');
    expect(line(run([event()], [own]), [used]).followed).to.equal('1 followed: 1 succeeded');
    const target = { tenant: 'default', appId: 'a2' };
    const skip = { reason: 'waits-for', tenant: 'default', appId: 'a1', reloadId: 'r1', chain: 'sales', target };
    const waiting = event({ skips: [{ ...skip, missing: [], closesAt: 3_601_000 }] });
    expect(line(run([waiting], []), [join(end) as RememberedJoin]).followed).to.equal('1 link waits for other apps');
    expect(line(run([waiting], [])).followed).to.equal('nothing followed');
  });

  it('has a word for each state of an order', () => {
    const states = ['planned', 'claimed', 'unknown', 'posted', 'parked', 'waiting', 'merged', 'gave-up', 'called-off'];
    const orders = states.map((state) => order(state, { state, outcome: undefined, endedAt: undefined }));
    const lost = order('lost', { outcome: undefined });
    expect(line(run([event()], [...orders, order('o1'), lost])).followed).to.equal(
      '11 followed: 1 succeeded, 1 owed, 1 being started, 1 in doubt, 1 running, 2 waiting, 1 merged, 1 given up, 1 called off, 1 ended',
    );
  });

  it('says in words that a reload exceeded a limit, and that a failed one is tried again', () => {
    const limited = order('o1', { outcome: 'exceeded-limit' });
    const again = order('o2', { state: 'waiting', try: 2, dueAt: 90_000, outcome: undefined, endedAt: undefined });
    expect(line(run([event()], [limited, again])).followed).to.equal('2 followed: 1 exceeded a limit, 1 trying again');
  });

  it('did not succeed if all that a person ordered was called off', () => {
    expect(line(run([], [order('o1', { state: 'called-off', outcome: undefined })])).state).to.equal('canceled');
  });

  it('counts a reload that ran too long once', () => {
    const tooLong = order('o1', { outcome: 'canceled', reason: { code: 'TIMED_OUT', message: 'm' } });
    expect(line(run([event()], [tooLong]))).to.include({ state: 'failed', followed: '1 followed: 1 ran too long' });
  });
});

describe('the mark of one reload', () => {
  const states = (facts: { event?: EventFact; order?: OrderFact }) => nodeState(facts);
  it('is its end’s, else its order’s', () => {
    expect(states({ event: event() })).to.equal('succeeded');
    expect(states({ event: event({ outcome: 'exceeded-limit' }) })).to.equal('failed');
    expect(states({ event: event({ outcome: 'canceled' }) })).to.equal('canceled');
    const canceled = order('o', { cancelRequestedAt: { r1: 500 } });
    expect(states({ event: event({ outcome: 'canceled' }), order: canceled })).to.equal('failed');
    expect(states({ order: order('o', { state: 'posted' }) })).to.equal('running');
    expect(states({ order: order('o', { state: 'parked' }) })).to.equal('waiting');
    expect(states({ order: order('o', { state: 'waiting', try: 2 }) })).to.equal('retrying');
    expect(states({ order: order('o', { state: 'posted', try: 2 }) })).to.equal('running');
    expect(states({ order: order('o', { state: 'gave-up' }) })).to.equal('failed');
    expect(states({ order: order('o', { state: 'merged' }) })).to.equal('canceled');
    expect(states({ order: order('o') })).to.equal('succeeded');
    expect(states({ order: order('o', { outcome: 'exceeded-limit' }) })).to.equal('failed');
    expect(states({ order: order('o', { outcome: 'canceled' }) })).to.equal('canceled');
    expect(
      states({ order: order('o', { outcome: 'canceled', reason: { code: 'TIMED_OUT', message: 'm' } }) }),
    ).to.equal('failed');
    expect(states({ order: order('o', { outcome: undefined }) })).to.equal('unknown');
    expect(states({})).to.equal('unknown');
  });
});
