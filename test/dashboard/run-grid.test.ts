import { expect } from 'chai';
import { filterRuns, placeAfterKey, runGrid } from '../../dashboard/model/run-grid.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { groupRuns } from '../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../src/core/units.ts';

const end = (reloadId: string, appId: string, endedAt: number, outcome = 'succeeded') =>
  ({
    ...{ _id: `event:default:${reloadId}`, tenant: 'default', appId, reloadId, outcome, endedAt },
    ...{ partial: false, source: 'webhook', storedAt: endedAt, resolvedAt: endedAt },
  }) as EventFact;
const order = (id: string, appId: string, cause: string, more: object = {}) =>
  ({
    ...{ _id: id, tenant: 'default', appId, chain: 'sales', state: 'ended', causes: [cause], hops: 1 },
    ...{ root: `event:default:${cause}`, ends: [], createdAt: 1_000, ...more },
  }) as unknown as OrderFact;

/** In run r1 the report failed once and succeeded once. Run r2 has a reload of the extract alone. */
const RUNS = groupRuns({
  events: [
    end('r1', 'extract', 1_000),
    end('r1a', 'report', 2_000),
    end('r1b', 'report', 3_000, 'failed'),
    end('r2', 'extract', 9_000),
  ],
  orders: [
    order('order:default:report:a:r1', 'report', 'r1', { reloadId: 'r1a', ends: ['r1a'], outcome: 'succeeded' }),
    order('order:default:report:b:r1', 'report', 'r1', { reloadId: 'r1b', ends: ['r1b'], outcome: 'failed' }),
  ],
});
const LABELS: Readonly<Record<string, string>> = { extract: 'Sales extract', report: 'A report' };
const grid = (runs = RUNS) => runGrid(runs, ({ appId }) => LABELS[appId] ?? appId, 10_000 as EpochMs);

describe('the grid of runs and apps', () => {
  it('has the newest run first, the apps by name, and says what a person should see first of several reloads', () => {
    const { runs, rows } = grid();
    expect(runs.map(({ root }) => root)).to.deep.equal(['event:default:r2', 'event:default:r1']);
    expect(rows).to.deep.equal([
      { app: 'default/report', label: 'A report', cells: [undefined, { state: 'failed', count: 2 }] },
      {
        app: 'default/extract',
        label: 'Sales extract',
        cells: [
          { state: 'succeeded', count: 1 },
          { state: 'succeeded', count: 1 },
        ],
      },
    ]);
  });

  it('has 30 runs at most', () => {
    const events = Array.from({ length: 31 }, (_, index) => end(`r${index}`, 'extract', 1_000 + index));
    const { runs, rows } = grid(groupRuns({ events, orders: [] }));
    expect(runs).to.have.length(30);
    expect(runs[0]?.root).to.equal('event:default:r30');
    expect(rows[0]?.cells).to.have.length(30);
  });

  it('leaves only failed runs, if that is asked', () => {
    expect(filterRuns(RUNS, 'failed').map(({ root }) => root)).to.deep.equal(['event:default:r1']);
    expect(filterRuns(RUNS, 'all')).to.have.length(2);
  });
});

describe('the keys of the grid', () => {
  const SIZE = { rows: 3, columns: 4 };
  const goes = (key: string, row: number, column: number, isCtrl = false) => {
    const place = placeAfterKey({ row, column }, key, isCtrl, SIZE);
    return place && [place.row, place.column];
  };
  it('lead to the next cell, to the ends of the row, and with Ctrl to the corners', () => {
    expect(goes('ArrowRight', 1, 1)).to.deep.equal([1, 2]);
    expect(goes('ArrowLeft', 1, 1)).to.deep.equal([1, 0]);
    expect(goes('ArrowUp', 1, 1)).to.deep.equal([0, 1]);
    expect(goes('ArrowDown', 1, 1)).to.deep.equal([2, 1]);
    expect(goes('Home', 1, 2)).to.deep.equal([1, 0]);
    expect(goes('End', 1, 2)).to.deep.equal([1, 3]);
    expect(goes('Home', 1, 2, true)).to.deep.equal([0, 0]);
    expect(goes('End', 1, 2, true)).to.deep.equal([2, 3]);
  });

  it('lead nowhere from the edge, and other keys do not, either', () => {
    expect(goes('ArrowLeft', 0, 0)).to.equal(undefined);
    expect(goes('ArrowUp', 0, 0)).to.equal(undefined);
    expect(goes('ArrowRight', 2, 3)).to.equal(undefined);
    expect(goes('ArrowDown', 2, 3)).to.equal(undefined);
    expect(goes('End', 2, 3)).to.equal(undefined);
    expect(goes('Enter', 1, 1)).to.equal(undefined);
  });
});
