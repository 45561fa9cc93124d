import { expect } from 'chai';
import { delayAfter, type Policy, policyKey, type Retry } from '../../src/core/policy.ts';
import type { DurationMs } from '../../src/core/units.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const retry = (delay: number, more: object = {}): Retry => ({ attempts: 10, delay: delay as DurationMs, ...more });

describe('the delay before another attempt', () => {
  it('doubles after each attempt, up to six hours', () => {
    const delays = [1, 2, 3, 6, 7, 8, 10].map((attempt) => delayAfter(attempt, retry(5 * MINUTE)) / MINUTE);
    expect(delays).to.deep.equal([5, 10, 20, 160, 320, 360, 360]);
  });

  it('is always the same with backoff none, and where it is longer than six hours', () => {
    expect([1, 2, 9].map((attempt) => delayAfter(attempt, retry(MINUTE, { backoff: 'none' })))).to.deep.equal([
      MINUTE,
      MINUTE,
      MINUTE,
    ]);
    expect([1, 2].map((attempt) => delayAfter(attempt, retry(24 * HOUR)))).to.deep.equal([24 * HOUR, 24 * HOUR]);
  });
});

describe('the key of a policy', () => {
  it('is empty without one, so that slots of older versions stay as they are', () => {
    expect([policyKey(undefined), policyKey({})]).to.deep.equal(['', '']);
  });

  it('differs for policies that ask for something else', () => {
    const policies: Policy[] = [
      { retry: retry(MINUTE) },
      { retry: retry(MINUTE, { backoff: 'none' }) },
      { retry: retry(HOUR) },
      { retry: retry(MINUTE, { attempts: 2 }) },
      { timeout: HOUR as DurationMs },
      { retry: retry(MINUTE), timeout: HOUR as DurationMs },
    ];
    expect(new Set(policies.map(policyKey)).size).to.equal(6);
    expect(policyKey({ timeout: HOUR as DurationMs, retry: retry(MINUTE) })).to.equal(
      policyKey({ retry: retry(MINUTE), timeout: HOUR as DurationMs }),
    );
  });
});
