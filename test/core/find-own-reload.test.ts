import { expect } from 'chai';
import { findOwnReload, type ListedReload, tenantClockAt } from '../../src/core/find-own-reload.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';

const SENT_AT = 1_000_000;
const LAST_AT = 1_080_000;
const sent = {
  resourceId: 'order:default:a:s:r1~1',
  partial: false,
  since: SENT_AT as EpochMs,
  until: LAST_AT as EpochMs,
};
const fits: ListedReload = { type: 'external', userId: 'us', partial: false, createdAt: SENT_AT as EpochMs };

describe('telling our own reload from others', () => {
  it('is certain where Qlik gives our resourceId back, whatever else the record says', () => {
    const echoed = { ...fits, type: 'hub', userId: 'them', createdAt: 0 as EpochMs, resourceId: sent.resourceId };
    expect(findOwnReload([fits, echoed], sent)).to.deep.equal({ kind: 'echoed', reload: echoed });
  });

  it('guesses each record without resourceId that fits, its user left to be compared', () => {
    const theirs = { ...fits, userId: 'them' };
    expect(findOwnReload([fits, theirs], sent)).to.deep.equal({ kind: 'guesses', reloads: [fits, theirs] });
  });

  const others: readonly (readonly [what: string, record: ListedReload])[] = [
    ['another resourceId', { ...fits, resourceId: 'order:default:a:s:r2~1' }],
    ['another try', { ...fits, resourceId: 'order:default:a:s:r1~11' }],
    ['another type', { ...fits, type: 'hub' }],
    ['a partial reload', { ...fits, partial: true }],
    ['one created 5.001 s before we sent', { ...fits, createdAt: (SENT_AT - 5_001) as EpochMs }],
    ['one created 5.001 s after the tenant could accept it', { ...fits, createdAt: (LAST_AT + 5_001) as EpochMs }],
    ['one that does not tell when', { ...fits, createdAt: Number.NaN as EpochMs }],
  ];
  for (const [what, record] of others) {
    it(`leaves alone ${what}`, () => {
      expect(findOwnReload([record], sent)).to.deep.equal({ kind: 'guesses', reloads: [] });
    });
  }

  it('guesses nothing in a tenant that gave another order’s resourceId back: it would have given ours', () => {
    const echoed = { ...fits, resourceId: 'order:default:a:s:r0~1' };
    expect(findOwnReload([fits, echoed], sent)).to.deep.equal({ kind: 'guesses', reloads: [] });
  });

  it('still guesses where only Qlik’s own tasks carry a resourceId', () => {
    const ofTask = { ...fits, type: 'chronos', resourceId: '6a84' };
    expect(findOwnReload([fits, ofTask], sent)).to.deep.equal({ kind: 'guesses', reloads: [fits] });
  });

  it('allows for a clock that is 5 s off', () => {
    const early = { ...fits, createdAt: (SENT_AT - 5_000) as EpochMs };
    const late = { ...fits, createdAt: (LAST_AT + 5_000) as EpochMs };
    expect(findOwnReload([early, late], sent)).to.deep.equal({ kind: 'guesses', reloads: [early, late] });
  });

  it('rules out none by age where the tenant tells no clock', () => {
    const old = { ...fits, createdAt: 0 as EpochMs };
    expect(findOwnReload([old], { ...sent, since: undefined, until: undefined })).to.deep.equal({
      kind: 'guesses',
      reloads: [old],
    });
  });

  it('reckons in the tenant’s clock, however far ours is off', () => {
    expect(tenantClockAt(500_000 as EpochMs, 3_000 as DurationMs)).to.equal(497_000);
    expect(tenantClockAt(undefined, 3_000 as DurationMs)).to.equal(undefined);
  });
});
