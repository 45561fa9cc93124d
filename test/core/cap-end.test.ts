import { expect } from 'chai';
import { cappedEnd, cappedStored } from '../../src/core/cap-end.ts';
import type { EpochMs } from '../../src/core/units.ts';

const MINUTE = 60_000;
/** An end by a clock that is right up to some minutes after `0`. */
const endAt = (ended: number, more: { createdAt?: number; startedAt?: number } = {}) => ({
  ...{ reloadId: 'r1', endedAt: (ended * MINUTE) as EpochMs },
  ...(more.createdAt !== undefined && { createdAt: (more.createdAt * MINUTE) as EpochMs }),
  ...(more.startedAt !== undefined && { startedAt: (more.startedAt * MINUTE) as EpochMs }),
});
const HEARD = (100 * MINUTE) as EpochMs;

describe('an end whose time may be in the future', () => {
  it('stays as it is, the same object, up to 5 minutes after Cascade heard of it', () => {
    const end = endAt(105, { createdAt: 90, startedAt: 91 });
    expect(cappedEnd(end, HEARD)).to.equal(end);
  });

  it('becomes 5 minutes after that, and keeps its other times that are not later', () => {
    expect(cappedEnd(endAt(106, { createdAt: 90, startedAt: 105 }), HEARD)).to.deep.equal(
      endAt(105, { createdAt: 90, startedAt: 105 }),
    );
  });

  it('loses a time that would be after it: else the reload would have begun after its end', () => {
    expect(cappedEnd(endAt(500, { createdAt: 90, startedAt: 106 }), HEARD)).to.deep.equal(
      endAt(105, { createdAt: 90 }),
    );
    expect(cappedEnd(endAt(500, { createdAt: 480, startedAt: 481 }), HEARD)).to.deep.equal(endAt(105));
  });

  it('that is stored may be 10 minutes after it was stored, and never more than 5 minutes after the present', () => {
    const end = endAt(500, { createdAt: 107, startedAt: 111 });
    expect(cappedStored(end, HEARD, (900 * MINUTE) as EpochMs)).to.deep.equal(endAt(110, { createdAt: 107 }));
    expect(cappedStored(end, HEARD, (101 * MINUTE) as EpochMs)).to.deep.equal(endAt(106));
  });
});
