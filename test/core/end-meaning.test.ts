import { expect } from 'chai';
import { endMeaning, judgeEnd, type OrderAttempts } from '../../src/core/end-meaning.ts';

const ORDER = 'order:default:a:s:r0';
const order = (more: object = {}): OrderAttempts =>
  ({
    ...{ _id: ORDER, try: 1, ends: [], policy: { retry: { attempts: 2, delay: 60_000 } } },
    ...more,
  }) as unknown as OrderAttempts;
const end = (more: object = {}) => ({ reloadId: 'r1', outcome: 'failed', ...more }) as Parameters<typeof endMeaning>[1];
const RETRY_1 = { kind: 'will-retry', attempt: 1 };
const LAST = { kind: 'last', outcome: 'failed' };
/** Qlik gives no error for a reload that Cascade canceled. */
const TOO_LONG = {
  ...LAST,
  error: { code: 'TIMED_OUT', message: 'It ran longer than its timeout, and Cascade canceled it' },
};

describe('what an end means', () => {
  it('is decided by the attempt that Qlik echoes, wherever the order is by now', () => {
    const echoed = (orderTry: number) => end({ orderId: ORDER, orderTry });
    const later = order({ try: 3, ends: ['r1', 'r2'], reloadId: 'r3' });
    expect(endMeaning(later, echoed(1), undefined)).to.deep.equal(RETRY_1);
    expect(endMeaning(order(), echoed(3), undefined)).to.deep.equal(LAST);
  });

  it('is decided by the place among the ends where nothing is echoed', () => {
    const later = order({ try: 3, ends: ['r0', 'r1'] });
    expect(endMeaning(later, end(), undefined)).to.deep.equal({ kind: 'will-retry', attempt: 2 });
    expect(endMeaning(order({ try: 3, ends: ['r0', 'r2', 'r1'] }), end(), undefined)).to.deep.equal(LAST);
  });

  it('is not decided by the attempt of another order that Qlik echoes', () => {
    const echoed = end({ orderId: 'order:default:a:s:other', orderTry: 3 });
    expect(endMeaning(order({ reloadId: 'r1' }), echoed, undefined)).to.deep.equal(RETRY_1);
  });

  it('is decided by what was noted at the start, before posted is written', () => {
    expect(endMeaning(order({ try: 3 }), end(), 1)).to.deep.equal(RETRY_1);
    expect(endMeaning(order({ try: 3, ends: ['x', 'y'], reloadId: 'r1' }), end(), undefined)).to.deep.equal(LAST);
  });

  it('is not known while nothing tells the attempt', () => {
    expect(endMeaning(order(), end(), undefined)).to.deep.equal({ kind: 'unknown-attempt' });
  });

  it('is the last attempt’s for a success, for a person’s cancel, and without retries', () => {
    for (const outcome of ['succeeded', 'canceled']) {
      expect(endMeaning(order(), end({ outcome }), 1)).to.deep.equal({ kind: 'last', outcome });
    }
    expect(endMeaning(order({ policy: { timeout: 1 } }), end(), undefined)).to.deep.equal(LAST);
  });

  it('is a failure for a reload that exceeded a limit, and for one that Cascade canceled', () => {
    expect(endMeaning(order(), end({ outcome: 'exceeded-limit' }), 1)).to.deep.equal(RETRY_1);
    const canceled = end({ outcome: 'canceled' });
    expect(endMeaning(order({ cancelRequestedAt: { r1: 5 } }), canceled, 1)).to.deep.equal(RETRY_1);
    expect(endMeaning(order({ cancelRequestedAt: { r1: 5 } }), canceled, 3)).to.deep.equal(TOO_LONG);
    expect(endMeaning(order({ cancelRequestedAt: { r0: 5 } }), canceled, 1)).to.deep.equal({
      kind: 'last',
      outcome: 'canceled',
    });
  });
});

describe('the order of an end', () => {
  type Judged = Parameters<typeof judgeEnd>;
  const OTHER = 'order:default:a:s:other';
  const ofApp = (more: object = {}) => ({ ...order(more), tenant: 'default', appId: 'a' });
  const judge = (told: object, orders: readonly object[], started?: object) =>
    judgeEnd(
      { ...end(told), tenant: 'default', appId: 'a' } as Judged[0],
      orders as Judged[1],
      started as Judged[2] | undefined,
    );

  it('is the one that Qlik echoes, before the one that `started` names', () => {
    const both = [ofApp({ _id: OTHER }), ofApp()];
    const echoed = judge({ orderId: ORDER, orderTry: 1 }, both, { order: OTHER, try: 3 });
    expect([echoed?.order._id, echoed?.meaning]).to.deep.equal([ORDER, RETRY_1]);
    const named = judge({}, both, { order: OTHER, try: 3 });
    expect([named?.order._id, named?.meaning]).to.deep.equal([OTHER, LAST]);
    expect(judge({}, both)).to.equal(undefined);
  });

  it('does not get its attempt from what `started` says of another order', () => {
    const judged = judge({ orderId: ORDER }, [ofApp()], { order: OTHER, try: 3 });
    expect(judged?.meaning).to.deep.equal({ kind: 'unknown-attempt' });
  });

  it('is no order of another app, because anybody can send our `resourceId`', () => {
    expect(judge({ orderId: ORDER, orderTry: 1 }, [{ ...ofApp(), appId: 'b' }])).to.equal(undefined);
  });

  it('has the mark of an order of the app that shares the reload: then Cascade canceled it for both', () => {
    const sharer = ofApp({ _id: OTHER, cancelRequestedAt: { r1: 5 } });
    const canceled = { outcome: 'canceled', orderId: ORDER, orderTry: 3 };
    const judged = judge(canceled, [ofApp(), sharer]);
    expect([judged?.meaning, judged?.order.cancelRequestedAt]).to.deep.equal([TOO_LONG, { r1: 5 }]);
    const person = { kind: 'last', outcome: 'canceled' };
    expect(judge(canceled, [ofApp(), { ...sharer, appId: 'b' }])?.meaning).to.deep.equal(person);
    expect(judge(canceled, [ofApp(), { ...sharer, cancelRequestedAt: { r0: 5 } }])?.meaning).to.deep.equal(person);
  });

  it('gets no mark for a reload that was not canceled', () => {
    const sharer = ofApp({ _id: OTHER, cancelRequestedAt: { r1: 5 } });
    const judged = judge({ orderId: ORDER, orderTry: 3 }, [ofApp(), sharer]);
    expect(judged?.order).not.to.have.property('cancelRequestedAt');
  });
});
