import { expect } from 'chai';
import type { OrderId, ReloadId, TenantName } from '../../../src/core/names.ts';
import { groupRuns, summariseRun } from '../../../src/core/runs/group-runs.ts';
import { at, done, ended, ordered } from './some-facts.ts';

const EXTRACT = ended('extract', 'r1', '01:00', { startedBy: 'hub' });
const TRANSFORM = ordered('transform', 'r1', '01:00:02', done('r2', '01:00:03', '01:05'));
const TRANSFORMED = ended('transform', 'r2', '01:05');
const REPORT = ordered('report', 'r2', '01:05:02', { state: 'parked', hops: 2, dueAt: at('01:10') });

const ids = (history: Parameters<typeof groupRuns>[0]) =>
  groupRuns(history).map(({ root, events, orders }) => ({
    root,
    events: events.map(({ reloadId }) => reloadId),
    orders: orders.map(({ appId }) => appId),
  }));

describe('grouping what is known into runs', () => {
  it('puts an end into the run of the order whose reload it is the end of', () => {
    expect(ids({ events: [TRANSFORMED, EXTRACT], orders: [REPORT, TRANSFORM] })).to.deep.equal([
      { root: 'event:default:r1', events: ['r1', 'r2'], orders: ['transform', 'report'] },
    ]);
  });

  it('goes by what Qlik echoed where the order does not know its reload yet', () => {
    const posted = ordered('transform', 'r1', '01:00:02', { state: 'claimed' });
    const echoed = ended('transform', 'r2', '01:05', { orderId: 'order:default:transform:s:r1' as OrderId });
    expect(ids({ events: [EXTRACT, echoed], orders: [posted] })).to.deep.equal([
      { root: 'event:default:r1', events: ['r1', 'r2'], orders: ['transform'] },
    ]);
  });

  it('makes an end that no order caused a run of its own, and the newest the first', () => {
    const later = ended('extract', 'r9', '02:00');
    expect(ids({ events: [EXTRACT, later], orders: [TRANSFORM] }).map(({ root }) => root)).to.deep.equal([
      'event:default:r9',
      'event:default:r1',
    ]);
  });

  it('does not take a reload of another tenant with the same id for ours', () => {
    const foreign = ended('transform', 'r2', '01:05', {
      _id: 'event:other:r2',
      tenant: 'other' as TenantName,
    });
    expect(ids({ events: [EXTRACT, foreign], orders: [TRANSFORM] })).to.deep.equal([
      { root: 'event:other:r2', events: ['r2'], orders: [] },
      { root: 'event:default:r1', events: ['r1'], orders: ['transform'] },
    ]);
  });

  it('gives a reload that two orders took for theirs to the one that is certain', () => {
    const sure = ordered('transform', 'r1', '01:00:02', done('r2', '01:00:03', '01:05'));
    const guess = ordered('transform', 'r0', '01:00:02', {
      ...done('r2', '01:00:03', '01:05'),
      isCertain: false,
      root: 'event:default:r0',
    });
    for (const orders of [
      [sure, guess],
      [guess, sure],
    ]) {
      const [run] = groupRuns({ events: [TRANSFORMED], orders }).filter(({ events }) => events.length > 0);
      expect(run?.root).to.equal('event:default:r1');
    }
  });
});

describe('a run in a line', () => {
  const summaryOf = (history: Parameters<typeof groupRuns>[0]) => groupRuns(history).map(summariseRun)[0];

  it('goes on while an order is not in a final state', () => {
    expect(summaryOf({ events: [EXTRACT, TRANSFORMED], orders: [TRANSFORM, REPORT] })).to.deep.equal({
      root: 'event:default:r1',
      app: { tenant: 'default', appId: 'extract' },
      outcome: 'succeeded',
      isByHand: false,
      beganAt: at('01:00'),
      lastAt: at('01:05:02'),
      isGoing: true,
      orders: { ended: 1, parked: 1 },
      outcomes: { succeeded: 1 },
      timedOut: 0,
      times: {},
      furtherAttempts: 0,
    });
  });

  it('goes on while an end is not resolved: orders may follow', () => {
    const { resolvedAt: _, ...unresolved } = EXTRACT;
    expect(summaryOf({ events: [unresolved], orders: [] })?.isGoing).to.equal(true);
    expect(summaryOf({ events: [EXTRACT], orders: [] })?.isGoing).to.equal(false);
  });

  it('begins with the order where a person asked for the reload', () => {
    const id = 'order:default:transform:s:m.abc' as OrderId;
    const byHand = ordered('transform', 'm.abc', '03:00', { root: id, ...done('r5', '03:00:01', '03:02') });
    expect(summaryOf({ events: [ended('transform', 'r5', '03:02')], orders: [byHand] })).to.include({
      root: id,
      isByHand: true,
      beganAt: at('03:00'),
      lastAt: at('03:02'),
      isGoing: false,
    });
  });

  it('lasts until an order is given up or called off', () => {
    const orders = [
      ordered('a', 'r1', '01:01', { state: 'gave-up', gaveUpAt: at('02:01') }),
      ordered('b', 'r1', '01:02', { state: 'called-off', calledOffAt: at('01:30') }),
    ];
    expect(summaryOf({ events: [EXTRACT], orders })?.lastAt).to.equal(at('02:01'));
    expect(summaryOf({ events: [EXTRACT], orders: orders.slice(1) })?.lastAt).to.equal(at('01:30'));
  });

  it('names no app where its beginning is gone', () => {
    const summary = summaryOf({ events: [], orders: [TRANSFORM] });
    expect(summary).to.include({ root: 'event:default:r1', beganAt: at('01:00:02'), lastAt: at('01:05') });
    expect(summary).not.to.have.property('app');
    expect(summary).not.to.have.property('outcome');
  });

  it('counts merged, given-up and called-off orders as finished', () => {
    const orders = [
      ordered('a', 'r1', '01:01', { state: 'merged', into: 'order:default:a:s:r0' as OrderId }),
      ordered('b', 'r1', '01:01', { state: 'gave-up' }),
      ordered('c', 'r1', '01:01', { state: 'called-off' }),
      ordered('d', 'r1', '01:01', { ...done('r7' as ReloadId, '01:01', '01:02'), outcome: 'failed' }),
    ];
    expect(summaryOf({ events: [EXTRACT], orders })).to.deep.include({
      isGoing: false,
      orders: { merged: 1, 'gave-up': 1, 'called-off': 1, ended: 1 },
      outcomes: { failed: 1 },
    });
  });
});
