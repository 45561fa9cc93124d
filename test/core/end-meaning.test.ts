import { expect } from 'chai';
import { endMeaning, type OrderAttempts } from '../../src/core/end-meaning.ts';

const ORDER = 'order:default:a:s:r0';
const order = (more: object = {}): OrderAttempts =>
  ({
    ...{ _id: ORDER, try: 1, ends: [], policy: { retry: { attempts: 2, delay: 60_000 } } },
    ...more,
  }) as unknown as OrderAttempts;
const end = (more: object = {}) => ({ reloadId: 'r1', outcome: 'failed', ...more }) as Parameters<typeof endMeaning>[1];
const RETRY_1 = { kind: 'will-retry', attempt: 1 };
const LAST = { kind: 'last', outcome: 'failed' };

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
    expect(endMeaning(order({ cancelRequestedAt: { r1: 5 } }), canceled, 3)).to.deep.equal(LAST);
    expect(endMeaning(order({ cancelRequestedAt: { r0: 5 } }), canceled, 1)).to.deep.equal({
      kind: 'last',
      outcome: 'canceled',
    });
  });
});
