import { expect } from 'chai';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { dueAtOf, moveOrder, settledOrder } from '../../src/ledger/move-order.ts';

const T = 1_800_000_000_000 as EpochMs;
const times = timeConstants(1);
const at = { at: T, times };
const order = {
  _id: 'order:default:a:s:r0',
  _rev: '4-a',
  schema: 1,
  type: 'order',
  state: 'claimed',
  claims: 1,
  doubt: { since: T },
  dueAt: T + 150_000,
} as unknown as OrderDocument;
const dueAfter = (to: OrderDocument['state'], from: OrderDocument = order) =>
  (moveOrder('reload', from, to, { ...at, until: (T + 7_000) as EpochMs }).dueAt ?? Number.NaN) - T;

describe('an order that moves', () => {
  it('is due as the table of states says', () => {
    expect(dueAfter('planned', { ...order, state: 'merged' })).to.equal(60_000);
    expect(dueAfter('claimed')).to.equal(150_000);
    expect(moveOrder('reload', order, 'unknown', at).dueAt).to.equal(T + 60_000);
    expect(dueAfter('parked')).to.equal(300_000);
    expect(dueAfter('waiting')).to.equal(7_000);
    expect(dueAfter('posted')).to.equal(900_000);
    expect(dueAfter('merged', { ...order, state: 'parked' })).to.equal(60_000);
    expect(moveOrder('person', { ...order, state: 'parked' }, 'called-off', at).dueAt).to.equal(T + 60_000);
  });

  it('is due as soon as its reload has run too long, but not sooner than in two minutes, and not for a guessed reload', () => {
    const MINUTE = 60_000;
    const dueIn = (startedFor: number, more: object = {}) => {
      const postedAt = (T - startedFor * MINUTE) as EpochMs;
      const running = { state: 'posted', policy: { timeout: 60 * MINUTE }, postedAt, isCertain: true, ...more };
      return (dueAtOf(running as unknown as OrderDocument, at) ?? Number.NaN) - T;
    };
    expect(dueIn(0)).to.equal(15 * MINUTE);
    expect(dueIn(50)).to.equal(10 * MINUTE);
    expect(dueIn(59)).to.equal(2 * MINUTE);
    expect(dueIn(180)).to.equal(2 * MINUTE);
    expect(dueIn(50, { isCertain: false })).to.equal(15 * MINUTE);
  });

  it('is never due again in a final state', () => {
    expect(moveOrder('reload', order, 'gave-up', at)).to.not.have.property('dueAt');
    expect(moveOrder('settling', order, 'ended', at)).to.not.have.property('dueAt');
  });

  it('is no longer due where its merge is settled, and nothing else of it changes', () => {
    const { dueAt: _, ...rest } = { ...order, state: 'merged' };
    expect(settledOrder({ ...order, state: 'merged' })).to.deep.equal(rest);
  });

  it('is unknown until a grace after the last send, and for another grace, or as told, where that is over', () => {
    const sent = (ms: number) => ({
      ...order,
      doubt: { since: (T - 100_000) as EpochMs, sentAt: (T + ms) as EpochMs },
    });
    expect(dueAfter('unknown', sent(-59_000))).to.equal(1_000);
    expect(dueAfter('unknown', sent(-60_000))).to.equal(7_000);
    expect(moveOrder('reload', sent(-60_000), 'unknown', at).dueAt).to.equal(T + 60_000);
  });

  it('keeps what does not change, and loses what is taken away', () => {
    expect(moveOrder('reload', order, 'gave-up', at, { doubt: undefined, claims: 2 })).to.deep.equal({
      _id: 'order:default:a:s:r0',
      _rev: '4-a',
      schema: 1,
      type: 'order',
      state: 'gave-up',
      claims: 2,
      gaveUpAt: T,
    });
  });

  it('takes no arrow that is not there, or is somebody else’s', () => {
    for (const [actor, from, to] of [
      ['reload', 'planned', 'posted'],
      ['reload', 'ended', 'claimed'],
      ['settling', 'parked', 'ended'],
      ['reload', 'posted', 'ended'],
      ['settling', 'planned', 'claimed'],
    ] as const) {
      expect(() => moveOrder(actor, { ...order, state: from }, to, at)).to.throw(`from ${from} to ${to} by ${actor}`);
    }
  });
});
