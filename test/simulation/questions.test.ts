import { expect } from 'chai';
import { runQuestions } from './questions.ts';

const FEW = { questions: 40, changes: 20, minutes: 40, hours: 3, reloads: 3 } as const;

describe('questions beside chains, on a host with OpenWhisk’s default limits', function () {
  this.timeout(120_000);

  it('are stored with their newest state and announced once, although host and store are killed', async () => {
    const load = {
      questions: 120,
      changes: 60,
      minutes: 20,
      hours: 3,
      reloads: 6,
      kills: 2,
      scenario: 'calm',
    } as const;
    const report = await runQuestions({ ...load, seed: 1, quota: 300 });
    expect(report).to.deep.include({ stored: 120, once: 120, again: 0, never: 0, broken: [], refusedWebhooks: 0 });
    expect(report).not.to.have.property('violation');
    expect(report.mostInAMinute).to.be.within(20, 30);
    expect(report.webhooks).to.equal(12);
    expect(report.requests).to.be.below(300);
  });

  it('take half of a lower limit, too, although what the host takes more slowly is found again', async () => {
    const limits = { invocationsPerMinute: 20, concurrentInvocations: 30 };
    const load = { questions: 300, changes: 0, minutes: 20, hours: 3, reloads: 2, kills: 0, scenario: 'calm' } as const;
    const report = await runQuestions({ ...load, seed: 3, limits });
    expect(report).to.deep.include({ stored: 300, once: 300, again: 0, never: 0, broken: [], refusedWebhooks: 0 });
    expect(report.mostInAMinute).to.be.within(7, 10);
  });

  it('take half of 10 a minute in a storm, too, in which the clocks of the containers are up to 5 minutes off', async () => {
    const limits = { invocationsPerMinute: 10, concurrentInvocations: 30 };
    // Two invokers with the same plan do not know of each other, so nothing is doubled here.
    const storm = { ...FEW, kills: 2, scenario: 'stormy', without: ['invocation-doubled'], limits } as const;
    for (let seed = 1; seed <= 12; seed += 1) {
      const report = await runQuestions({ ...storm, seed });
      expect(report, `seed ${seed}`).to.deep.include({ stored: 40, broken: [] });
      expect(report.mostInAMinute, `seed ${seed}`).to.be.below(6);
    }
  });

  for (const scenario of ['mixed', 'crashes', 'slow', 'stormy'] as const) {
    it(`are stored and announced as notices are, whatever is lost, doubled or late: ${scenario}`, async () => {
      for (const seed of [2, 8]) {
        const report = await runQuestions({ ...FEW, kills: 2, scenario, seed });
        // A channel may refuse a notice for good, and a notifier may die after the channel took it.
        expect(report, `seed ${seed}`).not.to.have.property('violation');
        expect(report, `seed ${seed}`).to.deep.include({ stored: 40, broken: [] });
        expect(report.once + report.again + report.never).to.equal(40);
        expect(report.mostInAMinute).to.be.below(31);
      }
    });
  }
});
