import { expect } from 'chai';
import { fanOutPorts, newHost } from '../../../actions/invoker/fan-out-ports.ts';
import type { SaidLimits } from '../../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import type { OrderId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';

/** 20 s into a wall-clock minute. */
const NOW = 1_800_000_020_000;

/** How patient the invoker is with a plan that its sender posted 1 s ago, and what it did before. */
async function patience(more: Partial<Plan>, saidLimits?: SaidLimits) {
  let nowMs = NOW;
  const now = () => nowMs as EpochMs;
  const host = newHost(now);
  const plan = { traceId: 't1', source: 'webhook', receivedAt: NOW - 1_000, orders: [], skips: [], ignored: [] };
  const ports = await fanOutPorts({ ...plan, ...more } as Plan, host, {
    openwhisk: {
      invoke: () => expect.fail('it called'),
      limits: async () => saidLimits ?? expect.fail('it asked for the limits'),
    },
    packagePath: '/guest/cascade/',
    deadline: (NOW + 120_000) as EpochMs,
    now,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
    random: () => 0,
  });
  const found = { waitedMs: nowMs - NOW, patientForMs: ports.patientUntil - nowMs, left: host.budget.left(60) };
  nowMs += 60_000;
  return {
    ...found,
    leftAfterJump: host.budget.left(60),
    limits: ports.limits,
    deadlineMs: ports.deadline - NOW,
  };
}

describe('the invoker is patient with a busy host', () => {
  it('for 4 s after a webhook came, whose sender waits: its own invocation counts', async () => {
    expect(await patience({})).to.deep.include({ waitedMs: 0, patientForMs: 3_000, left: 57 });
  });

  it('for 30 s in a sweep, for which nobody waits', async () => {
    expect(await patience({ source: 'sweep' })).to.deep.include({ waitedMs: 0, patientForMs: 30_000, left: 57 });
  });

  it('for 30 s with slots that were carried, and does not wait for the next minute: each slot has its own time', async () => {
    const slots = [{ order: 'order:default:a:s:r0' as OrderId, at: (NOW + 50_000) as EpochMs }];
    expect(await patience({ carries: 1, slots })).to.deep.include({ waitedMs: 0, patientForMs: 30_000, left: 57 });
    const due = ['order:default:b:s:r0' as OrderId];
    expect(await patience({ carries: 1, slots, due })).to.include({ waitedMs: 40_500 });
  });

  it('for 30 s with what was carried into the next minute, once that has begun', async () => {
    expect(await patience({ carries: 1 })).to.deep.include({ waitedMs: 40_500, patientForMs: 30_000, left: 58 });
  });
});

describe('the invoker counts by the minutes of the host’s clock', () => {
  const orders = Array.from({ length: 9 }, (_, index) => ({ order: `order:default:a-${index}:s:r0` as OrderId }));

  it('if the plan is so large that it asks the host for its limits: the clocks of the containers may differ', async () => {
    // The container's clock is 30 s behind: the host is 50 s into its minute, and the next one begins in 10 s.
    const limits = { invocationsPerMinute: 60, concurrentInvocations: 30, hostNow: (NOW + 30_000) as EpochMs };
    const large = { orders: orders as unknown as Plan['orders'] };
    const carried = await patience({ ...large, carries: 1 }, limits);
    // By the host's clock: 30 s from now.
    expect(carried).to.deep.include({ waitedMs: 10_500, patientForMs: 60_000, left: 58, deadlineMs: 150_000 });
    const { waitedMs, patientForMs, left } = await patience(large, limits);
    expect({ waitedMs, patientForMs, left }).to.deep.equal({ waitedMs: 0, patientForMs: 33_000, left: 57 });
  });
});

describe('the invoker leaves half of the host’s limits to the reloads', () => {
  const calls = [{ action: 'qhandler', about: 'q', params: {} }];

  it('if the plan has calls, which are no reloads: it asks the host for its limits, also before a single call', async () => {
    const limits = { invocationsPerMinute: 21, concurrentInvocations: 10 };
    expect((await patience({ calls }, limits)).limits).to.deep.equal({
      invocationsPerMinute: 10,
      concurrentInvocations: 5,
    });
    expect((await patience({})).limits).to.deep.equal({ invocationsPerMinute: 60, concurrentInvocations: 30 });
  });

  it('by the minutes of the host’s clock, because the clocks of the containers may differ', async () => {
    // The container's clock is 30 s behind: the host is 50 s into its minute, and the next one begins in 10 s.
    const limits = { invocationsPerMinute: 60, concurrentInvocations: 30, hostNow: (NOW + 30_000) as EpochMs };
    const { waitedMs, deadlineMs } = await patience({ calls, carries: 1 }, limits);
    expect({ waitedMs, deadlineMs }).to.deep.equal({ waitedMs: 10_500, deadlineMs: 150_000 });
    const until = (NOW + 90_000) as EpochMs;
    expect((await patience({ calls, carries: 1, until }, limits)).deadlineMs).to.equal(90_000);
  });

  it('and takes no second half if the container’s clock jumps into the next minute meanwhile', async () => {
    const limits = { invocationsPerMinute: 60, concurrentInvocations: 30 };
    expect((await patience({ calls }, limits)).leftAfterJump).to.equal(57);
    expect((await patience({})).leftAfterJump).to.equal(58);
  });

  it('and ends when the plan says, because from then on another plan may take that half', async () => {
    const limits = { invocationsPerMinute: 60, concurrentInvocations: 30 };
    const of = async (more: Partial<Plan>) => (await patience({ calls, ...more }, limits)).deadlineMs;
    expect(await of({})).to.equal(120_000);
    expect(await of({ until: (NOW + 100_000) as EpochMs })).to.equal(100_000);
    expect(await of({ until: (NOW + 200_000) as EpochMs })).to.equal(120_000);
  });
});
