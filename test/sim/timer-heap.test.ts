import { expect } from 'chai';
import fc from 'fast-check';
import { TimerHeap } from '../../sim/timer-heap.ts';

describe('sim: timers', () => {
  it('come in the order of their times, and of equal times in the order in which they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
        const heap = new TimerHeap();
        const rung: number[] = [];
        for (const [index, due] of times.entries()) heap.add(due, () => rung.push(index));
        for (let timer = heap.take(20); timer !== undefined; timer = heap.take(20)) timer.work?.();
        const wanted = [...times.entries()].sort((one, other) => one[1] - other[1] || one[0] - other[0]);
        expect(rung).to.deep.equal(wanted.map(([index]) => index));
      }),
    );
  });

  it('are left in until they are due, and passed over once they are cancelled', () => {
    const heap = new TimerHeap();
    const early = heap.add(1, () => undefined);
    const late = heap.add(5, () => undefined);
    early.work = undefined;
    expect(heap.take(4)).to.equal(undefined);
    expect(heap.take(5)).to.equal(late);
    expect(heap.peek()).to.equal(undefined);
  });
});
