import { expect } from 'chai';
import fc from 'fast-check';
import type { Placement as PlacementOf } from '../../../actions/invoker/fan-out.ts';
import type { Target } from '../../../actions/invoker/targets.ts';
import type { Invocation } from '../../../src/clients/openwhisk/invoker-port.ts';
import { type Ended, playThrough } from './support/modelled-host.ts';
import { planOf } from './support/plan.ts';

type Placement = PlacementOf<Target>;

const ROOMY = { invocationsPerMinute: 10_000, concurrentInvocations: 10_000 };
const DEFAULTS = { invocationsPerMinute: 60, concurrentInvocations: 30 };

const kindsOf = (placements: readonly Placement[]) => placements.map(({ kind }) => kind);
const total = ({ starts }: Ended) => [...starts.values()].reduce((sum, count) => sum + count, 0);
const isNoneTwice = ({ starts }: Ended) => [...starts.values()].every((count) => count === 1);

describe('the fan-out', () => {
  it('starts each order with an activation of its own', async () => {
    const ended = await playThrough(planOf(50), ROOMY);
    expect(new Set(kindsOf(ended.told))).to.deep.equal(new Set(['started']));
    expect([ended.starts.size, isNoneTwice(ended), ended.calls.length, ended.runs]).to.deep.equal([50, true, 50, 1]);
    expect(ended.told[0]).to.deep.include({ kind: 'started', activationId: 'act1' });
  });

  it('does nothing for no orders', async () => {
    expect((await playThrough(planOf(0), ROOMY)).calls).to.deep.equal([]);
  });

  it('waits a little for a place that comes free', async () => {
    const ended = await playThrough(planOf(40), { ...DEFAULTS, reloadTakesMs: () => 300 });
    expect(new Set(kindsOf(ended.told))).to.deep.equal(new Set(['started']));
    expect([ended.starts.size, isNoneTwice(ended), ended.runs]).to.deep.equal([40, true, 1]);
  });

  it('hands the rest on once when the minute’s invocations are spent: 60 orders on default limits', async () => {
    const ended = await playThrough(planOf(60), { ...DEFAULTS, reloadTakesMs: () => 10 });
    const kinds = kindsOf(ended.told);
    // 60 less the webhook's own and the two kept back.
    expect(kinds.filter((kind) => kind === 'started')).to.have.length(57);
    expect(kinds.filter((kind) => kind === 'carried')).to.have.length(3);
    expect([ended.starts.size, isNoneTwice(ended), ended.runs]).to.deep.equal([60, true, 2]);
    expect(ended.calls.filter((action) => action === 'invoker')).to.have.length(1);
    expect(ended.sentAfterMs).to.be.at.most(5_000);
  });

  it('hands the rest on when places stay taken, once one comes free', async () => {
    const ended = await playThrough(planOf(40), { ...DEFAULTS, reloadTakesMs: () => 20_000 });
    expect([ended.starts.size, isNoneTwice(ended), ended.failed.length]).to.deep.equal([40, true, 0]);
    expect(kindsOf(ended.told)).to.include('carried');
    expect(ended.sentAfterMs).to.be.lessThan(45_000);
  });

  it('hands the rest on also where every place is taken while it does so', async () => {
    const ended = await playThrough(planOf(60), {
      invocationsPerMinute: 600,
      concurrentInvocations: 10,
      reloadTakesMs: () => 25_000,
    });
    expect([ended.starts.size, isNoneTwice(ended), ended.failed.length]).to.deep.equal([60, true, 0]);
  });

  it('waits for the next minute itself where handing on is refused, and goes on', async () => {
    // Somebody else spent the whole minute.
    const spent: Invocation = { kind: 'minute-spent' };
    const ended = await playThrough(planOf(10), { ...DEFAULTS, override: (call) => (call <= 11 ? spent : undefined) });
    expect(new Set(kindsOf(ended.told))).to.deep.equal(new Set(['started']));
    expect([ended.starts.size, isNoneTwice(ended), ended.runs]).to.deep.equal([10, true, 1]);
    expect(ended.sentAfterMs).to.be.within(60_000, 62_000);
  });

  it('tells the limit where the deadline is too near to wait', async () => {
    const spent: Invocation = { kind: 'minute-spent' };
    const ended = await playThrough(planOf(3), { ...DEFAULTS, override: () => spent });
    expect(ended.told.map((placement) => 'code' in placement && placement.code)).to.deep.equal([
      'OPENWHISK_LIMIT',
      'OPENWHISK_LIMIT',
      'OPENWHISK_LIMIT',
    ]);
    expect(ended.longestRunMs).to.be.lessThan(120_000);
  });

  it('stops after sixty hand-overs', async () => {
    const plan = { ...planOf(1), carries: 60 };
    const spent: Invocation = { kind: 'minute-spent' };
    const ended = await playThrough(plan, { ...DEFAULTS, override: () => spent });
    expect(ended.calls).not.to.include('invoker');
    expect(kindsOf(ended.told)).to.deep.equal(['failed']);
  });

  it('hands on what an event was, less what was already told', async () => {
    const skip = { reason: 'no-link', tenant: 'default', appId: 'z', reloadId: 'r' } as never;
    const plan = { ...planOf(3), skips: [skip], ignored: [{ reason: 'other-event' } as const] };
    const ended = await playThrough(plan, { ...DEFAULTS, invocationsPerMinute: 4 });
    expect([ended.starts.size, isNoneTwice(ended), ended.failed.length]).to.deep.equal([3, true, 0]);
    const { orders } = plan;
    // A limit of 4 keeps 2 back, and the webhook's own invocation has taken 1.
    expect(ended.handedOn).to.deep.equal([{ ...planOf(0), orders: orders.slice(1), carries: 1 }]);
  });

  it('ends before its time is up, and tells each order, on a host that takes ten seconds for each answer', async () => {
    const unknown: Invocation = { kind: 'unknown', message: 'no answer' };
    const dead = await playThrough(planOf(1_000), { ...ROOMY, callTakesMs: 10_000, override: () => unknown });
    expect([dead.told.length, dead.failed.length]).to.deep.equal([1_000, 1_000]);
    expect(dead.longestRunMs).to.be.lessThan(120_000);
    const slow = await playThrough(planOf(1_000), { ...ROOMY, callTakesMs: 10_000 });
    expect([slow.starts.size, isNoneTwice(slow), slow.failed.length]).to.deep.equal([1_000, true, 0]);
    expect(slow.longestRunMs).to.be.lessThan(120_000);
  });

  it('ends before its time is up where the event seems to have come in the future', async () => {
    const busy: Invocation = { kind: 'too-many-concurrent' };
    const ended = await playThrough(planOf(3), { ...ROOMY, receivedAheadMs: 3_600_000, override: () => busy });
    expect(ended.failed).to.have.length(3);
    expect(ended.longestRunMs).to.be.lessThan(120_000);
  });

  describe('never repeats what the host may have queued', () => {
    const unknown: Invocation = { kind: 'unknown', message: 'no answer' };

    it('an order', async () => {
      const ended = await playThrough(planOf(3), { ...ROOMY, override: (call) => (call === 2 ? unknown : undefined) });
      expect(ended.calls).to.have.length(3);
      expect(ended.told[1]).to.deep.include({ kind: 'failed', code: 'OPENWHISK_UNREACHABLE', message: 'no answer' });
      expect([ended.told[0]?.kind, ended.told[2]?.kind]).to.deep.equal(['started', 'started']);
    });

    it('the rest that was handed on', async () => {
      const override = (_call: number, action: string) => (action === 'invoker' ? unknown : undefined);
      const ended = await playThrough(planOf(10), { ...DEFAULTS, invocationsPerMinute: 8, override });
      expect(ended.calls.filter((action) => action === 'invoker')).to.have.length(1);
      expect([total(ended), ended.failed.length]).to.deep.equal([5, 5]);
      expect(ended.failed[0]).to.deep.include({ code: 'OPENWHISK_UNREACHABLE' });
      expect(ended.sentAfterMs).to.be.lessThan(10_000);
    });
  });

  it('tells a refusal for good, and calls once for it', async () => {
    const refused: Invocation = { kind: 'refused', message: '404: not found' };
    const ended = await playThrough(planOf(2), { ...ROOMY, override: () => refused });
    expect(ended.calls).to.have.length(2);
    expect(ended.told[0]).to.deep.include({ kind: 'failed', code: 'OPENWHISK_REFUSED', message: '404: not found' });
  });

  it('calls three times where the host is certainly not there, and takes the order when it is back', async () => {
    const unavailable: Invocation = { kind: 'unavailable', message: '503' };
    const gone = await playThrough(planOf(1), { ...ROOMY, override: () => unavailable });
    expect(gone.calls).to.have.length(3);
    expect(gone.told[0]).to.deep.include({ kind: 'failed', code: 'OPENWHISK_UNREACHABLE', message: '503' });
    // Each call takes 1 ms; it waits 400 ms after the first one, and 800 ms after the second.
    expect(gone.longestRunMs).to.equal(1_203);
    const back = await playThrough(planOf(1), { ...ROOMY, override: (call) => (call < 3 ? unavailable : undefined) });
    expect([back.calls.length, back.told[0]?.kind]).to.deep.equal([3, 'started']);
  });
});

const jitter = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
const draw = <T>(stream: IterableIterator<T>, otherwise: T) => {
  return () => stream.next().value ?? otherwise;
};

describe('the fan-out, whatever the limits', () => {
  const hosts = [
    { what: 'small, where reloads are started quickly', perMinute: 2, atOnce: 3, slowestMs: 150 },
    { what: 'usual, where the tenant is slow', perMinute: 30, atOnce: 10, slowestMs: 20_000 },
  ];
  for (const { what, perMinute, atOnce, slowestMs } of hosts) {
    it(`starts each order exactly once, over all runs, on a host of its own: ${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 }),
          fc.record({
            invocationsPerMinute: fc.integer({ min: perMinute, max: 100 }),
            concurrentInvocations: fc.integer({ min: atOnce, max: 40 }),
            startsAtMs: fc.integer({ min: 0, max: 59_999 }),
            isColdEachTime: fc.boolean(),
          }),
          jitter,
          fc.infiniteStream(fc.integer({ min: 10, max: slowestMs })),
          async (count, host, jitters, takes) => {
            const random = draw(jitters, 0.5);
            const ended = await playThrough(planOf(count), { ...host, random, reloadTakesMs: draw(takes, 100) });
            expect(ended.failed).to.deep.equal([]);
            expect([ended.starts.size, isNoneTwice(ended)]).to.deep.equal([count, true]);
            expect(ended.longestRunMs).to.be.lessThan(120_000);
          },
        ),
        { numRuns: 300 },
      );
    });
  }

  it('starts none twice and tells each that it could not start, on a host that others use and that fails', async () => {
    const faults: readonly (Invocation | undefined)[] = [
      undefined,
      undefined,
      undefined,
      { kind: 'too-many-concurrent' },
      { kind: 'minute-spent' },
      { kind: 'unavailable', message: '503' },
      { kind: 'unknown', message: 'no answer' },
      { kind: 'refused', message: '400' },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.record({
          invocationsPerMinute: fc.integer({ min: 0, max: 80 }),
          concurrentInvocations: fc.integer({ min: 1, max: 40 }),
          startsAtMs: fc.integer({ min: 0, max: 59_999 }),
        }),
        jitter,
        fc.infiniteStream(fc.constantFrom(...faults)),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (count, host, jitters, script, noise) => {
          const override = draw(script, undefined);
          const options = { ...host, random: draw(jitters, 0.5), others: draw(noise, 0), override };
          const ended = await playThrough(planOf(count), options);
          expect(isNoneTwice(ended)).to.equal(true);
          expect(ended.starts.size + ended.failed.length).to.equal(count);
          expect(ended.longestRunMs).to.be.lessThan(120_000);
        },
      ),
      { numRuns: 300 },
    );
  });
});
