import { expect } from 'chai';
import { criticalPath, criticalPathWords } from '../../dashboard/model/critical-path.ts';
import { axisMarks, barLabel, percentAt, timelineOf } from '../../dashboard/model/timeline.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { Run } from '../../src/core/runs/group-runs.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';

/** A reload of the app, asked for, started and ended at these seconds. */
const end = (reloadId: string, appId: string, [asked, started, ended]: readonly number[], more: object = {}) =>
  ({
    ...{ _id: `event:default:${reloadId}`, tenant: 'default', appId, reloadId, outcome: 'succeeded' },
    ...{ createdAt: (asked ?? 0) * 1_000, startedAt: (started ?? 0) * 1_000, endedAt: (ended ?? 0) * 1_000 },
    ...{ partial: false, source: 'webhook', storedAt: 1_000, resolvedAt: 1_000, ...more },
  }) as EventFact;
const order = (appId: string, causes: readonly string[], more: object = {}) =>
  ({
    ...{ _id: `order:default:${appId}:c:${causes[0]}`, tenant: 'default', appId, chain: 'sales', state: 'ended' },
    ...{ causes, hops: 1, root: 'event:default:e', ends: [], createdAt: 1_000, ...more },
  }) as unknown as OrderFact;
const run = (events: readonly EventFact[], orders: readonly OrderFact[]): Run => ({
  root: 'event:default:e',
  events: [...events].sort((a, b) => a.endedAt - b.endedAt),
  orders,
});
const label = ({ appId }: { readonly appId: string }): string => appId.toUpperCase();

/** extract → stock and report; board waits for both. The report ended last, so board waited for the report. */
const DIAMOND = run(
  [
    end('e', 'extract', [0, 2, 10]),
    end('s', 'stock', [11, 11, 15]),
    end('p', 'report', [12, 15, 40]),
    end('b', 'board', [42, 42, 50]),
    end('x', 'extra', [16, 16, 20]),
  ],
  [
    order('stock', ['e'], { reloadId: 's', ends: ['s'] }),
    order('report', ['e'], { reloadId: 'p', ends: ['p'] }),
    order('board', ['s', 'p'], { reloadId: 'b', ends: ['b'] }),
    order('extra', ['s'], { reloadId: 'x', ends: ['x'] }),
  ],
);
const path = (given: Run) => criticalPath(given).map(({ reloadId }) => reloadId);

describe('the critical path of a run', () => {
  it('goes from the last end back through the causes, and through the last of several', () => {
    expect(path(DIAMOND)).to.deep.equal(['e', 'p', 'b']);
  });

  it('goes through the earlier attempts of an order', () => {
    const failed = { outcome: 'failed' };
    const events = [
      end('e', 'extract', [0, 0, 10]),
      end('p1', 'report', [11, 11, 20], failed),
      end('p2', 'report', [50, 50, 60], failed),
      end('p3', 'report', [90, 90, 99]),
    ];
    const orders = [order('report', ['e'], { reloadId: 'p3', ends: ['p1', 'p2', 'p3'] })];
    expect(path(run(events, orders))).to.deep.equal(['e', 'p1', 'p2', 'p3']);
    // The end of the third attempt is stored, and its order does not have it yet.
    const early = [order('report', ['e'], { reloadId: 'p3', ends: ['p1', 'p2'], state: 'posted' })];
    expect(path(run(events, early))).to.deep.equal(['e', 'p1', 'p2', 'p3']);
  });

  it('follows a replay to the end that was replayed', () => {
    const events = [end('e', 'extract', [0, 0, 10]), end('p', 'report', [90, 90, 99])];
    expect(path(run(events, [order('report', ['r2.e'], { reloadId: 'p', ends: ['p'] })]))).to.deep.equal(['e', 'p']);
  });

  it('begins after a cause that the ledger lacks, and is empty without an end', () => {
    expect(path(run([end('p', 'report', [0, 0, 9])], [order('report', ['gone'], { reloadId: 'p' })]))).to.deep.equal([
      'p',
    ]);
    expect(path(run([], [order('report', ['e'])]))).to.deep.equal([]);
  });

  it('goes by the causes if all ends are in the same second', () => {
    const events = [end('z', 'extract', [9, 9, 9]), end('y', 'report', [9, 9, 9]), end('x', 'board', [9, 9, 9])];
    const orders = [
      order('report', ['z'], { reloadId: 'y', ends: ['y'] }),
      order('board', ['y'], { reloadId: 'x', ends: ['x'], hops: 2 }),
    ];
    expect(path(run(events, orders))).to.deep.equal(['z', 'y', 'x']);
    expect(path(run([...events].reverse(), orders))).to.deep.equal(['z', 'y', 'x']);
    const bars = timelineOf(run(events, orders), [], label, 120_000 as EpochMs)?.bars ?? [];
    expect(bars.map((bar) => bar.label)).to.deep.equal(['EXTRACT', 'REPORT', 'BOARD']);
  });

  it('ends, even if two orders name each other as causes', () => {
    const events = [end('a', 'extract', [0, 0, 10]), end('b', 'report', [11, 11, 20])];
    const orders = [order('extract', ['b'], { reloadId: 'a' }), order('report', ['a'], { reloadId: 'b' })];
    expect(path(run(events, orders))).to.deep.equal(['a', 'b']);
  });

  it('is said in words, with what the time was spent on', () => {
    // Queued 2 + 3 + 0, ran 8 + 25 + 8, and pauses of 2 (10 to 12) and 2 (40 to 42).
    expect(criticalPathWords(criticalPath(DIAMOND), label)).to.equal(
      'Critical path: EXTRACT, then REPORT, then BOARD. Together: queued 5 s, ran 41 s, 4 s between an end and the next reload.',
    );
    const unknown = end('u', 'extract', [0, 0, 9], { createdAt: undefined, startedAt: undefined });
    expect(criticalPathWords([unknown], label)).to.equal('Critical path: EXTRACT.');
    expect(criticalPathWords([unknown, unknown], label)).to.equal('Critical path: EXTRACT (2 attempts).');
  });
});

describe('the timeline of a run', () => {
  const timeline = (given: Run) => timelineOf(given, criticalPath(given), label, 120_000 as EpochMs);

  it('has a bar for each reload, the earliest first, with the time in the queue and the critical path', () => {
    const { from, to, bars, withoutBar } = timeline(DIAMOND) ?? {};
    expect([from, to, withoutBar]).to.deep.equal([0, 50_000, []]);
    expect(bars?.map((bar) => [bar.label, bar.from, bar.startedAt, bar.to, bar.isCritical])).to.deep.equal([
      ['EXTRACT', 0, 2_000, 10_000, true],
      ['STOCK', 11_000, 11_000, 15_000, false],
      ['REPORT', 12_000, 15_000, 40_000, true],
      ['EXTRA', 16_000, 16_000, 20_000, false],
      ['BOARD', 42_000, 42_000, 50_000, true],
    ]);
    expect(bars?.[0]).to.deep.equal({
      ...{ id: 'event:default:e', label: 'EXTRACT', state: 'succeeded', from: 0, startedAt: 2_000, to: 10_000 },
      ...{ isOpen: false, isCritical: true },
    });
  });

  it('has a bar for each attempt, and one up to now for a reload that has not ended', () => {
    const policy = { retry: { attempts: 2, delay: 1_000 } };
    const events = [end('e', 'extract', [0, 0, 10]), end('p1', 'report', [11, 11, 20], { outcome: 'failed' })];
    const orders = [
      order('report', ['e'], { state: 'posted', reloadId: 'p2', ends: ['p1'], policy, postedAt: 100_000 }),
      order('stock', ['e'], { state: 'waiting' }),
    ];
    const { to, bars = [], withoutBar } = timeline(run(events, orders)) ?? {};
    expect(to).to.equal(120_000);
    expect(bars.map(({ label: name, attempt }) => [name, attempt])).to.deep.equal([
      ['EXTRACT', undefined],
      ['REPORT', { number: 1, outOf: 3 }],
      ['REPORT', { number: 2, outOf: 3 }],
    ]);
    expect(bars[2]).to.include({ state: 'running', from: 100_000, to: 120_000, isOpen: true, isCritical: false });
    expect(bars[2]).to.not.have.property('startedAt');
    expect(withoutBar?.map(({ order: { appId } }) => appId)).to.deep.equal(['stock']);
  });

  it('names the attempt that has no bar yet, because an earlier one of the same order may have a bar', () => {
    const policy = { retry: { attempts: 2, delay: 1_000 } };
    const events = [end('e', 'extract', [0, 0, 10]), end('p1', 'report', [11, 11, 20], { outcome: 'failed' })];
    const orders = [
      order('report', ['e'], { state: 'waiting', ends: ['p1'], policy }),
      order('stock', ['e'], { state: 'planned' }),
    ];
    const { bars = [], withoutBar } = timeline(run(events, orders)) ?? {};
    expect(bars.map(barLabel)).to.deep.equal(['EXTRACT', 'REPORT, attempt 1 of 3']);
    expect(withoutBar?.map(barLabel)).to.deep.equal(['REPORT, attempt 2 of 3', 'STOCK']);
  });

  it('takes what Cascade knows if Qlik did not say when a reload was asked for', () => {
    const silent = { createdAt: undefined, startedAt: undefined };
    const events = [end('e', 'extract', [0, 0, 10], silent), end('p', 'report', [0, 0, 30], silent)];
    const { bars = [] } =
      timeline(run(events, [order('report', ['e'], { reloadId: 'p', ends: ['p'], postedAt: 12_000 })])) ?? {};
    expect(bars.map((bar) => [bar.from, bar.to])).to.deep.equal([
      [10_000, 10_000],
      [12_000, 30_000],
    ]);
  });

  it('is longer than nothing if all is known of one instant only, and there is none without a reload', () => {
    const { from, to } =
      timeline(run([end('e', 'extract', [0, 0, 10], { createdAt: undefined, startedAt: undefined })], [])) ?? {};
    expect([from, to]).to.deep.equal([10_000, 10_001]);
    expect(timeline(run([], [order('report', ['e'], { state: 'planned' })]))).to.equal(undefined);
  });

  it('places instants in percent', () => {
    const line = { from: 1_000 as EpochMs, to: 3_000 as EpochMs };
    expect([1_000, 1_500, 3_000, 9_000].map((at) => percentAt(line, at as EpochMs))).to.deep.equal([0, 25, 100, 100]);
  });
});

describe('the axis of the timeline', () => {
  const marks = (from: string, to: string, offset = 0) =>
    axisMarks({ from: Date.parse(from) as EpochMs, to: Date.parse(to) as EpochMs }, offset as DurationMs).map((at) =>
      new Date(at).toISOString().slice(5, 16),
    );

  it('has its marks at full minutes and hours', () => {
    // 47 minutes: a quarter is 11.75 minutes, so a mark each 15.
    expect(marks('2026-11-30T07:03Z', '2026-11-30T07:50Z')).to.deep.equal([
      '11-30T07:15',
      '11-30T07:30',
      '11-30T07:45',
    ]);
    expect(marks('2026-11-30T07:00Z', '2026-11-30T11:00Z')).to.deep.equal([
      ...['11-30T07:00', '11-30T08:00', '11-30T09:00', '11-30T10:00', '11-30T11:00'],
    ]);
  });

  it('has them at full hours of the device’s clock, in a zone that is half an hour off, too', () => {
    const half = 5.5 * 3_600_000;
    expect(marks('2026-11-30T07:00Z', '2026-11-30T11:00Z', half)).to.deep.equal([
      ...['11-30T07:30', '11-30T08:30', '11-30T09:30', '11-30T10:30'],
    ]);
  });

  it('has fewer marks if they have dates', () => {
    expect(marks('2026-11-28T07:00Z', '2026-11-30T07:00Z')).to.deep.equal(['11-29T00:00', '11-30T00:00']);
  });
});
