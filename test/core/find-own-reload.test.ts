import { expect } from 'chai';
import { findOwnReload, type ListedReload, tenantClockAt } from '../../src/core/find-own-reload.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';

const SENT_AT = 1_000_000;
const sent = { resourceId: 'order:default:a:s:r1~1', partial: false, userId: 'us', since: SENT_AT as EpochMs };
const fits: ListedReload = { type: 'external', userId: 'us', partial: false, createdAt: SENT_AT as EpochMs };

describe('telling our own reload from others', () => {
  it('is certain where Qlik gives our resourceId back, whatever else the record says', () => {
    const echoed = { ...fits, type: 'hub', userId: 'them', createdAt: 0 as EpochMs, resourceId: sent.resourceId };
    expect(findOwnReload([fits, echoed], sent)).to.equal(echoed);
  });

  it('takes a record without resourceId that fits in everything', () => {
    expect(findOwnReload([fits], sent)).to.equal(fits);
  });

  const others: readonly (readonly [what: string, record: ListedReload])[] = [
    ['another resourceId', { ...fits, resourceId: 'order:default:a:s:r2~1' }],
    ['another type', { ...fits, type: 'hub' }],
    ['another user', { ...fits, userId: 'them' }],
    ['a partial reload', { ...fits, partial: true }],
    ['one created 5.001 s before we sent', { ...fits, createdAt: (SENT_AT - 5_001) as EpochMs }],
    ['one that does not tell when', { ...fits, createdAt: Number.NaN as EpochMs }],
  ];
  for (const [what, record] of others) {
    it(`leaves alone ${what}`, () => {
      expect(findOwnReload([record], sent)).to.equal(undefined);
    });
  }

  it('allows for a clock that is 5 s off', () => {
    const early = { ...fits, createdAt: (SENT_AT - 5_000) as EpochMs };
    expect(findOwnReload([early], sent)).to.equal(early);
  });

  it('reckons in the tenant’s clock, however far ours is off', () => {
    expect(tenantClockAt(500_000 as EpochMs, 3_000 as DurationMs)).to.equal(497_000);
    expect(tenantClockAt(undefined, 3_000 as DurationMs)).to.equal(undefined);
  });
});
