import { expect } from 'chai';
import { readLogLine } from '../../../src/core/logs/log-line.ts';
import {
  spansSince,
  spansUntil,
  type Wanted,
  wantedLines,
  wantedOf,
  wantedOfOrder,
  wantedOfTraces,
} from '../../../src/core/logs/wanted-lines.ts';
import type { EventFact, OrderFact } from '../../../src/core/runs/facts.ts';
import type { EpochMs } from '../../../src/core/units.ts';

/** An instant of 22 November 2026, `hh:mm`, UTC. */
const at = (time: string): EpochMs => Date.parse(`2026-11-22T${time}:00Z`) as EpochMs;
const NOW = at('20:00');

const event = (reloadId: string, storedAt: string, more: object = {}): EventFact =>
  ({
    ...{ _id: `event:default:${reloadId}`, tenant: 'default', appId: 'a', reloadId, outcome: 'failed', partial: false },
    ...{ endedAt: at(storedAt), source: 'webhook', storedAt: at(storedAt), traceId: `t-${reloadId}` },
    ...{ resolvedAt: at(storedAt), recordedAt: at(storedAt), ...more },
  }) as EventFact;
const order = (cause: string, createdAt: string, more: object = {}): OrderFact =>
  ({
    ...{
      _id: `order:default:b:s:${cause}`,
      tenant: 'default',
      appId: 'b',
      chain: 'c',
      state: 'planned',
      causes: [cause],
    },
    ...{ hops: 1, root: 'event:default:r1', ends: [], createdAt: at(createdAt), traceId: `t-${cause}`, ...more },
  }) as unknown as OrderFact;

const spansIn = ({ spans }: Wanted): readonly string[] =>
  spans.map(({ from, to }) => [from, to].map((each) => new Date(each).toISOString().slice(11, 16)).join(' to '));

describe('what of the logs belongs to a run', () => {
  it('is what has the trace id of one of its ends or orders, or names one of its orders or reloads', () => {
    const orders = [order('r1', '01:00', { reloadId: 'r2', ends: ['r3'], traceId: 't0' })];
    const { traceIds, ids } = wantedOf({ events: [event('r1', '01:00', { orderId: 'order:o' })], orders }, NOW);
    expect([...traceIds]).to.have.members(['t-r1', 't0']);
    expect([...ids]).to.have.members(['r1', 'order:o', 'order:default:b:s:r1', 'r2', 'r3']);
  });

  it('is from 2 minutes before the first instant in the ledger to 6 minutes after the last: the next sweep has come', () => {
    const one = event('r1', '01:00', { resolvedAt: at('01:01'), recordedAt: at('01:03') });
    expect(spansIn(wantedOf({ events: [one], orders: [] }, NOW))).to.deep.equal(['00:58 to 01:09']);
  });

  it('leaves the hours out in which a reload only runs', () => {
    const started = { state: 'ended', reloadId: 'r2', postedAt: at('01:02'), endedAt: at('05:00') };
    const history = { events: [event('r1', '01:00'), event('r2', '05:00')], orders: [order('r1', '01:00', started)] };
    expect(spansIn(wantedOf(history, NOW))).to.deep.equal(['00:58 to 01:08', '04:58 to 05:06']);
  });

  it('has the time until now if something is left to do, and nothing after now', () => {
    expect(spansIn(wantedOf({ events: [], orders: [order('r1', '19:00', { state: 'parked' })] }, NOW))).to.deep.equal([
      '18:58 to 20:00',
    ]);
    const open = event('r1', '19:30', { recordedAt: undefined, dueAt: at('19:31') });
    expect(spansIn(wantedOf({ events: [open], orders: [] }, NOW))).to.deep.equal(['19:28 to 20:00']);
    expect(spansIn(wantedOf({ events: [event('r1', '19:59')], orders: [] }, NOW))).to.deep.equal(['19:57 to 20:00']);
  });

  it('has the time until an order was given up, or its reload was canceled', () => {
    const gaveUp = order('r1', '01:00', { state: 'gave-up', gaveUpAt: at('01:30') });
    expect(spansIn(wantedOf({ events: [], orders: [gaveUp] }, NOW))).to.deep.equal(['00:58 to 01:36']);
    const canceled = { state: 'ended', postedAt: at('01:01'), cancelRequestedAt: { r2: at('01:20') } };
    expect(spansIn(wantedOf({ events: [], orders: [order('r1', '01:00', canceled)] }, NOW))).to.deep.equal([
      '00:58 to 01:26',
    ]);
  });

  it('has the time until the run’s last end for an order that was merged or called off: nothing says when', () => {
    const history = { events: [event('r9', '02:00')], orders: [order('r1', '01:00', { state: 'merged' })] };
    expect(spansIn(wantedOf(history, NOW))).to.deep.equal(['00:58 to 02:06']);
    expect(
      spansIn(wantedOf({ events: [], orders: [order('r1', '01:00', { state: 'called-off' })] }, NOW)),
    ).to.deep.equal(['00:58 to 01:06']);
  });

  it('can begin later', () => {
    const history = { events: [event('r1', '01:00'), event('r2', '05:00')], orders: [] };
    const spans = spansSince(wantedOf(history, NOW), at('05:01'));
    expect(spansIn({ ...wantedOf(history, NOW), spans })).to.deep.equal(['05:01 to 05:06']);
  });

  it('can end later, and then has the times in between, too', () => {
    const wanted = wantedOf({ events: [event('r1', '01:00'), event('r2', '05:00')], orders: [] }, NOW);
    expect(spansIn(spansUntil(wanted, at('05:30')))).to.deep.equal(['00:58 to 05:30']);
    expect(spansIn(spansUntil(wanted, at('05:03')))).to.deep.equal(['00:58 to 01:06', '04:58 to 05:06']);
  });

  it('is around one instant for a trace that the ledger does not know', () => {
    const wanted = wantedOfTraces(['t1', 't2'], at('03:00'), NOW);
    expect([[...wanted.traceIds], [...wanted.ids], spansIn(wanted)]).to.deep.equal([
      ['t1', 't2'],
      [],
      ['02:58 to 03:06'],
    ]);
  });
});

describe('the lines of one activation', () => {
  const line = (traceId: string | undefined, more: object = {}) =>
    readLogLine(JSON.stringify({ ...(traceId && { traceId }), message: 'm', ...more }));
  const textsOf = (lines: readonly { readonly text: string }[], action: string, wanted: Wanted) =>
    wantedLines(lines, { activationId: 'act1', action }, wanted).map(({ text }) => text);
  const RUN = wantedOf({ events: [event('r1', '01:00')], orders: [order('r1', '01:00', { reloadId: 'r2' })] }, NOW);

  it('are those of the trace, and the activation’s own lines beside them', () => {
    const [early, ours, crash, foreign] = [line('act1'), line('t-r1'), readLogLine('    at main.js:1'), line('t9')];
    expect(textsOf([early, ours, crash, foreign], 'storer', RUN)).to.deep.equal([early.text, ours.text, crash.text]);
  });

  it('are none if none is of the run', () => {
    expect(textsOf([line('act1'), line('t9'), readLogLine('crash')], 'storer', RUN)).to.deep.equal([]);
  });

  it('are of an order not those that an activation wrote before it knew its trace id: it may work on other orders', () => {
    const placed = order('r1', '01:00', { reloadId: 'r2' });
    const [early, named] = [line('act1'), line('t-r1', { order: placed._id })];
    const wanted = wantedOfOrder(placed, [], NOW);
    expect(textsOf([early, named], 'invoker', wanted)).to.deep.equal([named.text]);
  });

  it('are also those of a sweep that name one of the run’s orders or reloads', () => {
    const id = 'order:default:b:s:r1';
    const named = [
      line('sweep1', { orders: ['order:default:x:s:r8', id] }),
      line('sweep1', { resourceId: `${id}~2` }),
      line('sweep1', { message: `CouchDB refuses ${id}: 413.` }),
      line('sweep1', { reloads: ['r2'] }),
    ];
    const others = [
      line('sweep1', { order: `${id}1` }),
      line('sweep1', { order: 'order:default:b:s:r11' }),
      line('sweep1'),
    ];
    expect(textsOf([...named, ...others], 'invoker', RUN)).to.deep.equal(named.map(({ text }) => text));
  });

  it('of one order are those that name it, and all lines of the reload that worked on it', () => {
    const one = order('r1', '01:00', { reloadId: 'r2', ends: ['r2'] });
    const wanted = wantedOfOrder(one, [event('r2', '03:00')], NOW);
    const lines = [line('t-r1', { order: one._id }), line('t-r1', { order: 'order:default:c:s:r1' })];
    expect(textsOf(lines, 'invoker', wanted)).to.deep.equal([lines[0]?.text]);
    expect(textsOf(lines, 'reload', wanted)).to.have.lengthOf(2);
    expect(textsOf([line('t-r2', { reloads: ['r2'] })], 'storer', wanted)).to.have.lengthOf(1);
    expect(spansIn(wanted)).to.deep.equal(['00:58 to 20:00']);
  });
});
