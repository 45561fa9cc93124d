import { expect } from 'chai';
import type { AppId, ChainName, OrderId, ReloadId, TenantName } from '../../../src/core/names.ts';
import { groupRuns, hasFailed } from '../../../src/core/runs/group-runs.ts';
import { type RunNode, treesOf } from '../../../src/core/runs/run-tree.ts';
import type { Skip } from '../../../src/core/skip.ts';
import { done, ended, ordered } from './some-facts.ts';

/** `extract [transform [report]]`: a tree by its apps. */
const shape = ({ app, followers }: RunNode): string =>
  `${app.appId}${followers.length === 0 ? '' : ` [${followers.map(shape).join(' ')}]`}`;

const trees = (history: Parameters<typeof groupRuns>[0]): readonly string[] =>
  groupRuns(history).flatMap((run) => treesOf(run).map(shape));

const SKIP: Skip = {
  reason: 'outcome-not-matched',
  tenant: 'default' as TenantName,
  appId: 'extract' as AppId,
  reloadId: 'r1' as ReloadId,
  chain: 'nightly' as ChainName,
  target: { tenant: 'default' as TenantName, appId: 'repair' as AppId },
  on: 'failed',
  outcome: 'succeeded',
};

const WILL_RETRY: Skip = {
  reason: 'will-retry',
  tenant: 'default' as TenantName,
  appId: 'transform' as AppId,
  reloadId: 'r2' as ReloadId,
  order: 'order:default:transform:s:r1' as OrderId,
  attempt: 1,
  attempts: 2,
};

describe('a run as a tree', () => {
  it('hangs each reload below the one whose end called for it', () => {
    const events = [ended('extract', 'r1', '01:00'), ended('transform', 'r2', '01:05'), ended('report', 'r3', '01:09')];
    const orders = [
      ordered('transform', 'r1', '01:00', done('r2', '01:00', '01:05')),
      ordered('rates', 'r1', '01:01', { state: 'posted' }),
      ordered('report', 'r2', '01:05', { ...done('r3', '01:05', '01:09'), hops: 2 }),
      ordered('mail', 'r3', '01:09', { state: 'parked', hops: 3 }),
    ];
    expect(trees({ events, orders })).to.deep.equal(['extract [transform [report [mail]] rates]']);
  });

  it('has the earlier attempts of an order apart from its last end', () => {
    const failed = { outcome: 'failed', skips: [WILL_RETRY] } as const;
    const first = ended('transform', 'r2', '01:05', failed);
    const ends = ['r2', 'r3'] as ReloadId[];
    const events = [ended('extract', 'r1', '01:00'), first, ended('transform', 'r3', '01:20')];
    const order = ordered('transform', 'r1', '01:00', { ...done('r3', '01:10', '01:20'), try: 2, ends });
    const [run] = groupRuns({ events, orders: [order, ordered('report', 'r3', '01:20')] });
    const [root] = run === undefined ? [] : treesOf(run);
    expect(root && shape(root)).to.equal('extract [transform [report]]');
    expect(root?.followers[0]?.attempts).to.deep.equal([first]);
    expect(root?.followers[0]?.event?.reloadId).to.equal('r3');
    expect(run && hasFailed(run)).to.equal(false);
  });

  it('has failed if its last attempt ran too long, and not if a person canceled it', () => {
    const events = [ended('extract', 'r1', '01:00')];
    const canceled = { ...done('r3', '01:10', '01:20'), outcome: 'canceled' as const };
    const reason = { code: 'TIMED_OUT', message: 'It ran longer than its timeout' };
    const failedWith = (more: object) => {
      const [run] = groupRuns({ events, orders: [ordered('transform', 'r1', '01:00', { ...canceled, ...more })] });
      return run && hasFailed(run);
    };
    expect([failedWith({ reason }), failedWith({})]).to.deep.equal([true, false]);
  });

  it('has an attempt and no end while the next attempt is owed', () => {
    const first = ended('transform', 'r2', '01:05', { outcome: 'failed', skips: [WILL_RETRY] });
    const waiting = ordered('transform', 'r1', '01:00', { state: 'waiting', try: 2, ends: ['r2' as ReloadId] });
    const [run] = groupRuns({ events: [ended('extract', 'r1', '01:00'), first], orders: [waiting] });
    const [root] = run === undefined ? [] : treesOf(run);
    expect(root?.followers[0]?.attempts).to.deep.equal([first]);
    expect(root?.followers[0]?.event).to.equal(undefined);
  });

  it('has the skips of each end, but not that nothing follows it', () => {
    const nothing: Skip = {
      reason: 'no-link',
      tenant: 'default' as TenantName,
      appId: 'extract' as AppId,
      reloadId: 'r1' as ReloadId,
    };
    const [run] = groupRuns({ events: [ended('extract', 'r1', '01:00', { skips: [SKIP, nothing] })], orders: [] });
    expect(run && treesOf(run)[0]?.skips).to.deep.equal([SKIP]);
  });

  it('hangs a replay below the same end as the first order', () => {
    const events = [ended('extract', 'r1', '01:00')];
    const orders = [ordered('transform', 'r1', '01:00'), ordered('transform', 'r1.r1', '05:00')];
    expect(trees({ events, orders })).to.deep.equal(['extract [transform transform]']);
  });

  it('finds the end in another tenant that called for an order', () => {
    const events = [ended('extract', 'r1', '01:00', { tenant: 'asia' as TenantName, _id: 'event:asia:r1' })];
    const orders = [ordered('transform', 'asia.r1', '01:00', { root: 'event:asia:r1' })];
    expect(trees({ events, orders })).to.deep.equal(['extract [transform]']);
  });

  it('begins with the orders whose cause is gone', () => {
    const orders = [ordered('transform', 'r1', '01:00'), ordered('rates', 'r1', '01:01')];
    expect(trees({ events: [], orders })).to.deep.equal(['transform', 'rates']);
  });

  it('begins with the order where a person asked for it', () => {
    const id = 'order:default:transform:s:m.abc' as OrderId;
    const orders = [ordered('transform', 'm.abc', '01:00', { root: id, ...done('r2', '01:00', '01:05') })];
    const events = [ended('transform', 'r2', '01:05')];
    expect(trees({ events, orders })).to.deep.equal(['transform']);
  });
});
