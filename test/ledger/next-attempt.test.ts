import { expect } from 'chai';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { memoryCouch } from '../support/memory-couch.ts';
import { plannedOrder } from '../support/planned-order.ts';

const T = 1_800_000_000_000 as EpochMs;
const ORDER = 'order:default:a:s:r0';
const MINUTE = 60_000;
const posted: NewDocument = {
  ...{ ...plannedOrder, state: 'posted', claims: 1, owner: 'act1', reloadId: 'r1', isCertain: true },
  ...{ createdAt: T - 90_000, postedAt: T - 80_000, dueAt: T + 820_000 },
  policy: { retry: { attempts: 2, delay: 5 * MINUTE } },
};
const started = { _id: 'started:default:r1', schema: 1, type: 'started', order: ORDER, also: [], isGuess: false };
const note: NewDocument = { ...started, try: 1, hops: 1, root: 'event:default:r0' };
const event = (more: object = {}) =>
  ({
    ...{ tenant: 'default', appId: 'a', reloadId: 'r1', outcome: 'failed', endedAt: T - 10_000, partial: false },
    ...more,
  }) as ReloadFinished;

async function ended(order: object, told: ReloadFinished, ...others: readonly NewDocument[]) {
  const store = memoryCouch(() => T);
  store.seed({ ...posted, ...order }, ...others);
  const log = { info() {}, warn() {}, error() {} };
  const { ended: orders, meaning } = await endOrder(told, { store, times: timeConstants(1), log });
  return { store, orders, meaning, order: store.peek(ORDER) };
}

describe('the end of an attempt', () => {
  it('is followed by the next attempt after its delay, and nothing of the first is left but its place', async () => {
    const { order, meaning } = await ended({}, event(), note);
    expect(meaning).to.deep.equal({ kind: 'will-retry', attempt: 1 });
    expect(order).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'], dueAt: T + 5 * MINUTE });
    expect(order?.['reason']).to.deep.equal({ code: 'RETRY', message: 'Attempt 1 of 3 failed' });
    expect(order).to.not.have.any.keys('reloadId', 'isCertain', 'postedAt', 'doubt', 'outcome', 'endedAt');
  });

  it('doubles the delay after the second', async () => {
    const { order } = await ended({ try: 2, ends: ['x'] }, event({ orderId: ORDER, orderTry: 2 }));
    expect(order).to.deep.include({ state: 'waiting', try: 3, ends: ['x', 'r1'], dueAt: T + 10 * MINUTE });
  });

  it('ends the order after the last', async () => {
    const { order, meaning } = await ended({ try: 3, ends: ['x', 'y'] }, event({ orderId: ORDER, orderTry: 3 }));
    expect(meaning).to.deep.equal({ kind: 'last', outcome: 'failed' });
    expect(order).to.deep.include({ state: 'ended', outcome: 'failed', ends: ['x', 'y', 'r1'] });
  });

  for (const state of ['claimed', 'unknown']) {
    it(`may come before posted was written: the order is still ${state}`, async () => {
      const { reloadId: _, isCertain: __, postedAt: ___, ...open } = posted;
      const order = { ...open, state, doubt: { since: T - 90_000 } };
      const store = memoryCouch(() => T);
      store.seed(order, note);
      await endOrder(event(), { store, times: timeConstants(1), log: { info() {}, warn() {}, error() {} } });
      expect(store.peek(ORDER)).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'] });
      expect(store.peek(ORDER)).to.not.have.property('doubt');
    });
  }

  it('changes nothing when it is told again, though the next attempt runs', async () => {
    const next = { try: 2, ends: ['r1'], reloadId: 'r2' };
    for (const told of [event(), event({ orderId: ORDER, orderTry: 1 })]) {
      const { orders, meaning, order } = await ended(next, told, note);
      expect(orders).to.deep.equal([]);
      expect(meaning).to.deep.equal({ kind: 'will-retry', attempt: 1 });
      expect(order).to.deep.include({ state: 'posted', ...next });
    }
  });

  it('of an earlier attempt does not end a later one that has no reload yet', async () => {
    const { orders } = await ended(
      { state: 'claimed', try: 2, ends: ['r9'], reloadId: undefined },
      event({ orderId: ORDER, orderTry: 1 }),
    );
    expect(orders).to.deep.equal([]);
  });

  it('goes not by what was noted about another order that had the reload for its own', async () => {
    const { reloadId: _, isCertain: __, postedAt: ___, ...open } = posted;
    const store = memoryCouch(() => T);
    store.seed({ ...open, state: 'unknown', doubt: { since: T - 90_000 } });
    store.seed({ ...note, order: 'order:default:a:s:other', isGuess: true });
    // An earlier version stored the event without `orderTry`.
    const log = { info() {}, warn() {}, error() {} };
    await endOrder(event({ orderId: ORDER }), { store, times: timeConstants(1), log });
    expect(store.peek(ORDER)).to.deep.include({ state: 'unknown', try: 1, ends: [] });
  });

  it('does not end the next attempt of the order that held another reload when the sweep asked for its end', async () => {
    const { reloadId: _, isCertain: __, postedAt: ___, ...open } = posted;
    const next = { ...open, state: 'unknown', try: 2, ends: ['r2'], doubt: { since: T - 90_000 } };
    const store = memoryCouch(() => T);
    store.seed(next);
    const log = { info() {}, warn() {}, error() {} };
    const ports = { store, times: timeConstants(1), log };
    expect(await endOrder(event({ outcome: 'succeeded' }), ports, ORDER as OrderId)).to.deep.equal({ ended: [] });
    expect(store.peek(ORDER)).to.deep.include({ state: 'unknown', try: 2, ends: ['r2'] });
  });

  it('waits while nothing tells which attempt it was', async () => {
    const { try: _, ...old } = note;
    const { orders, meaning } = await ended({ state: 'claimed', reloadId: undefined }, event(), old);
    expect(orders).to.deep.equal([]);
    expect(meaning).to.deep.equal({ kind: 'unknown-attempt' });
  });

  it('means nothing for an order of another app: anybody can send our resourceId', async () => {
    const { orders, meaning } = await ended({}, event({ appId: 'b', orderId: ORDER, orderTry: 1 }));
    expect([orders, meaning]).to.deep.equal([[], undefined]);
  });

  it('is the end of an attempt of each order that has the reload for its own, each by its own policy', async () => {
    const guess = { isCertain: false };
    const sharer = (id: string, more: object): NewDocument => ({ ...posted, _id: id, ...guess, ...more });
    const again = sharer('order:default:a:s:r7', { try: 2, ends: ['x'] });
    const last = sharer('order:default:a:s:r8', { try: 3, ends: ['x', 'y'] });
    const never = sharer('order:default:a:s:r9', { policy: undefined });
    const others = [again, last, never];
    const noted = { ...note, isGuess: true, also: others.map(({ _id }) => _id) };
    const { store, orders, order } = await ended(guess, event(), noted, ...others);
    expect(orders).to.have.members([ORDER, again._id, last._id, never._id]);
    expect(order).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'], dueAt: T + 5 * MINUTE });
    expect(store.peek(again._id)).to.deep.include({ state: 'waiting', try: 3, ends: ['x', 'r1'] });
    expect(store.peek(last._id)).to.deep.include({ state: 'ended', outcome: 'failed', ends: ['x', 'y', 'r1'] });
    expect(store.peek(never._id)).to.deep.include({ state: 'ended', outcome: 'failed', ends: ['r1'] });
  });

  it('is one of an order that shares the reload, though the order it was started for is at its last', async () => {
    const other = { ...posted, _id: 'order:default:a:s:r8', isCertain: false };
    const { store, order } = await ended({ try: 3, ends: ['x', 'y'] }, event(), { ...note, also: [other._id] }, other);
    expect(order).to.deep.include({ state: 'ended', outcome: 'failed' });
    expect(store.peek(other._id)).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'] });
  });

  it('is a failure also of an order that shares the reload, if Cascade canceled it for the other', async () => {
    const OTHER = 'order:default:a:s:r8';
    const sharer = { ...posted, _id: OTHER, isCertain: false };
    const mark = { cancelRequestedAt: { r1: T - 20_000 }, policy: { timeout: MINUTE } };
    const { store, order } = await ended(mark, event({ outcome: 'canceled' }), { ...note, also: [OTHER] }, sharer);
    expect(order).to.deep.include({ state: 'ended', outcome: 'canceled' });
    expect(store.peek(OTHER)).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'], dueAt: T + 5 * MINUTE });
    expect(store.peek(OTHER)).to.have.nested.property('reason.message', 'Attempt 1 of 3 ran too long');
  });

  it('means the same for the app as for the order, if Cascade canceled the reload for another order', async () => {
    const OTHER = 'order:default:a:s:r8';
    const sharer = { ...posted, _id: OTHER, isCertain: false, cancelRequestedAt: { r1: T - 20_000 } };
    const { order, meaning } = await ended({}, event({ outcome: 'canceled' }), { ...note, also: [OTHER] }, sharer);
    expect(order).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'] });
    expect(meaning).to.deep.equal({ kind: 'will-retry', attempt: 1 });
  });

  it('of a person’s cancel ends the order; of ours it is a failure', async () => {
    const canceled = event({ outcome: 'canceled' });
    expect((await ended({}, canceled, note)).order).to.deep.include({ state: 'ended', outcome: 'canceled' });
    const mark = { cancelRequestedAt: { r1: T - 20_000 } };
    const again = (await ended(mark, canceled, note)).order;
    expect(again).to.deep.include({ state: 'waiting', try: 2, ...mark });
    expect(again?.['reason']).to.deep.equal({ code: 'RETRY', message: 'Attempt 1 of 3 ran too long' });
    const last = (await ended({ ...mark, policy: { timeout: MINUTE } }, canceled, note)).order;
    expect(last).to.deep.include({ state: 'ended', outcome: 'canceled' });
    expect(last?.['reason']).to.deep.include({ code: 'TIMED_OUT' });
  });
});
