import { expect } from 'chai';
import fc from 'fast-check';
import { RunBook } from '../../dashboard/model/run-book.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { groupRuns } from '../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { done, ended, ordered } from '../core/runs/some-facts.ts';

/** A change of one fact: it is there with these fields, or it is gone. */
interface Change {
  readonly id: string;
  readonly fact?: EventFact | OrderFact;
}

const reload = fc.constantFrom('r1', 'r2', 'r3', 'r4');
const instant = fc.integer({ min: 1, max: 5 }) as fc.Arbitrary<EpochMs>;
const orderOf = (number: number): OrderId => `order:default:app:s:${number}` as OrderId;
const orderIds = fc.constantFrom(orderOf(1), orderOf(2), orderOf(3));

const eventChange: fc.Arbitrary<Change> = fc
  .record({ reload, endedAt: instant, orderId: fc.option(orderIds, { nil: undefined }), isGone: fc.boolean() })
  .map(({ reload: id, endedAt, orderId, isGone }) => {
    const fact = ended('app', id, '01:00', { endedAt, ...(orderId !== undefined && { orderId }) });
    return isGone ? { id: fact._id } : { id: fact._id, fact };
  });
const orderChange: fc.Arbitrary<Change> = fc
  .record({
    ...{ id: orderIds, createdAt: instant, isGone: fc.boolean(), isCertain: fc.boolean() },
    root: fc.constantFrom('event:default:r1', 'event:default:r4', orderOf(1)),
    reloadId: fc.option(reload, { nil: undefined }),
    ends: fc.array(reload, { maxLength: 2 }),
  })
  .map(({ id, isGone, reloadId, ends, ...fields }) => {
    const reloads = { ends: ends as ReloadId[], ...(reloadId !== undefined && { reloadId: reloadId as ReloadId }) };
    return isGone ? { id } : { id, fact: ordered('app', 'r1', '01:00', { _id: id, ...fields, ...reloads }) };
  });

describe('the runs of a history that changes', () => {
  const bookOf = () => {
    const events = new Map<string, EventFact>();
    const orders = new Map<string, OrderFact>();
    const book = new RunBook({ events, orders });
    const change = (changes: readonly Change[]) => {
      for (const { id, fact } of changes) {
        const facts = (id.startsWith('order:') ? orders : events) as Map<string, EventFact | OrderFact>;
        if (fact === undefined) facts.delete(id);
        else facts.set(id, fact);
      }
      return book.change(changes.map(({ id }) => id));
    };
    return { events, orders, book, change };
  };

  it('are the ones that all facts together make, after any changes', () => {
    const batches = fc.array(fc.array(fc.oneof(eventChange, orderChange), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(batches, (all) => {
        const { events, orders, change } = bookOf();
        for (const batch of all) {
          const runs = change(batch);
          const byId = [...orders.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
          expect(runs).to.deep.equal(groupRuns({ events: [...events.values()], orders: byId }));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('keep a run that a change does not concern as the same object', () => {
    const { change, book } = bookOf();
    const first = ended('extract', 'r1', '01:00');
    const other = ended('extract', 'r9', '02:00');
    const order = ordered('report', 'r1', '01:00:02', done('r2', '01:00:03', '01:05'));
    const [newest] = change([
      { id: first._id, fact: first },
      { id: other._id, fact: other },
      { id: order._id, fact: order },
    ]);
    const followed = ended('report', 'r2', '01:05');
    const runs = change([{ id: followed._id, fact: followed }]);
    expect(runs.map(({ root }) => root)).to.deep.equal(['event:default:r9', 'event:default:r1']);
    expect(runs[0]).to.equal(newest);
    expect(runs[1]?.events.map(({ reloadId }) => reloadId)).to.deep.equal(['r1', 'r2']);
    expect(book.rootOf('event:default:r2')).to.equal('event:default:r1');
  });
});
