import { expect } from 'chai';
import { told } from './told.ts';

describe('apps that fail and recover beside chains, on a host with OpenWhisk’s default limits', function () {
  this.timeout(120_000);

  it('are told once each when a dead channel is back, and delay no reload', async () => {
    const load = { apps: 40, minutes: 14, pairsPerMinute: 3 };
    const [up, down] = [await told({ ...load, channels: 'up' }), await told({ ...load, channels: 'down' })];
    for (const report of [up, down]) {
      expect(report.violation).to.equal(undefined);
      expect(report.transitions).to.equal(80);
      expect(report.notices).to.deep.equal({ once: 80, again: 0, never: 0 });
      expect(report.startsMs).to.have.length(42);
      expect(report.startsMs.every((ms) => ms > 0)).to.equal(true);
      expect(report.refusedWebhooks).to.equal(0);
    }
    expect(up.unanswered).to.equal(0);
    expect(down.unanswered).to.be.within(1, 20);
    // In ten minutes 29 apps fail, and the first of them recover.
    expect(down.largestMessage).to.be.greaterThan(25);
  });

  it('are nobody’s news without a channel', async () => {
    const report = await told({ apps: 3, minutes: 2, pairsPerMinute: 1, channels: 'none' });
    expect(report).to.deep.include({ messages: 0, notices: { once: 0, again: 0, never: 0 } });
    expect(report.violation).to.equal(undefined);
  });

  it('make the host refuse webhooks beyond sixty invocations a minute, and are all told in spite of that', async () => {
    const report = await told({ apps: 100, minutes: 2, pairsPerMinute: 1, channels: 'up' });
    expect(report.violation).to.equal(undefined);
    expect(report.refusedWebhooks).to.be.within(60, 180);
    expect(report.transitions).to.be.within(150, 200);
    expect(report.notices).to.deep.equal({ once: report.transitions, again: 0, never: 0 });
  });
});
