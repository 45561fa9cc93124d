import { expect } from 'chai';
import { causeFinder, causeIds, isByHand, isReplay } from '../../../src/core/runs/order-causes.ts';
import { ended, ordered } from './some-facts.ts';

describe('the cause of an order', () => {
  const events = [ended('extract', 'r1', '01:00'), ended('x', 'x.0123', '01:00')];

  it('is found also where the reload id has a dot, as the synthetic ones have', () => {
    expect(causeFinder(events)(ordered('t', 'x.0123', '01:00'))?._id).to.equal('event:default:x.0123');
    expect(causeFinder(events)(ordered('t', 'r2.x.0123', '01:00'))?._id).to.equal('event:default:x.0123');
  });

  it('is nobody’s where a person asked', () => {
    expect(causeFinder(events)(ordered('t', 'm.abc', '01:00'))).to.equal(undefined);
  });

  it('may stand under two ids where its own text has a dot', () => {
    expect(causeIds(ordered('t', 'r1', '01:00'))).to.deep.equal(['event:default:r1']);
    expect(causeIds(ordered('t', 'r3.asia.r1', '01:00'))).to.deep.equal(['event:default:asia.r1', 'event:asia:r1']);
  });

  it('tells a replay and an order by hand from the rest', () => {
    expect(
      ['r1', 'r1.r1', 'm.abc', 'r12.asia.r1'].map((cause) => isReplay(ordered('t', cause, '01:00'))),
    ).to.deep.equal([false, true, false, true]);
    expect(['r1', 'm.abc'].map((cause) => isByHand(ordered('t', cause, '01:00')))).to.deep.equal([false, true]);
  });
});
