import { expect } from 'chai';
import { pace } from './pace.ts';
import { RateLimit } from './world/rate-limit.ts';

describe('a tenant’s limit in the simulation', () => {
  it('takes so many in five sliding minutes, and says when it takes the next', () => {
    const limit = new RateLimit(2);
    expect([limit.take(0), limit.take(60_000), limit.take(61_000), limit.take(299_999)]).to.deep.equal([
      0, 0, 300_000, 300_000,
    ]);
    expect([limit.take(300_000), limit.take(300_001), limit.take(360_000)]).to.deep.equal([0, 360_000, 0]);
  });
});

describe('orders beyond a tenant’s rate limit, with four containers and more', function () {
  this.timeout(120_000);

  it('start spread over the rate: each once, none before Retry-After ends, none overtaken for long', async () => {
    const limits = { invocationsPerMinute: 10_000, concurrentInvocations: 14 };
    const report = await pace({ targets: 290, rate: 250, limits, hasSlots: true });
    expect(report.violation).to.equal(undefined);
    expect(report).to.include({ started: 290, early: 0 });
    expect(report.mostAtOnce).to.be.within(4, 14);
    expect(report.refused).to.be.within(1, 14);
    // The 251st waits for the first to leave the window; then the next sweep comes, and 40 slots take 49 s.
    expect(report.makespanMs).to.be.within(300_000, 660_000);
    expect(report.longestOvertakenMs).to.be.lessThan(60_000);
  });

  it('start each once also if activations crash', async () => {
    const limits = { invocationsPerMinute: 10_000, concurrentInvocations: 14 };
    for (const seed of [1, 2]) {
      const report = await pace({ targets: 120, rate: 40, limits, hasSlots: true, doCrash: true, seed });
      expect(report.violation, `seed ${seed}`).to.equal(undefined);
      expect(report, `seed ${seed}`).to.include({ early: 0 });
      expect(report.started, `seed ${seed}`).to.equal(120);
    }
  });
});
