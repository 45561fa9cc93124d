import { expect } from 'chai';
import { invokePlan } from '../../../actions/invoker/invoke-plan.ts';
import { minuteBudget } from '../../../actions/invoker/minute-budget.ts';
import type { Invocation } from '../../../src/clients/openwhisk/invoker-port.ts';
import { plan as planSchema } from '../../../src/contracts/generated/plan.cjs';
import type { Plan } from '../../../src/contracts/plan.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const NOW = 1_800_000_020_000;
const HEAD = { traceId: 't1', source: 'sweep', receivedAt: NOW, orders: [], skips: [], ignored: [] } as const;

const activationOf = (about: string) => ({ action: 'qhandler', about, params: { seen: { about } } });
const planOf = (...abouts: readonly string[]) => ({ ...HEAD, calls: abouts.map(activationOf) }) as unknown as Plan;

/** Runs the invoker of the package `questions` with a plan, on a host that accepts so many invocations a minute. */
async function invoke(
  plan: Plan,
  perMinute: number,
  answer: (action: string) => Invocation | undefined = () => undefined,
) {
  const calls: { readonly path: string; readonly params: object }[] = [];
  const now = () => NOW as EpochMs;
  const silent = () => undefined;
  const result = await invokePlan(plan, {
    openwhisk: {
      async invoke(path, params) {
        calls.push({ path, params });
        return answer(path) ?? { kind: 'accepted', activationId: `act${calls.length}` };
      },
      limits: async () => undefined,
    },
    packagePath: '/guest/questions/',
    limits: { invocationsPerMinute: perMinute, concurrentInvocations: 15 },
    budget: minuteBudget(now),
    patientUntil: (NOW + 30_000) as EpochMs,
    deadline: (plan.until ?? NOW + 120_000) as EpochMs,
    now,
    sleep: async () => {},
    random: () => 0.5,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  return {
    calls,
    result: result as { readonly statusCode: number; readonly body: { readonly orders: readonly object[] } },
  };
}

describe('the invoker, of a plan with named activations', () => {
  it('takes the plan as its schema has it', () => {
    expect(planSchema(planOf('a'))).to.equal(true);
    expect(planSchema({ ...HEAD, calls: [{ ...activationOf('a'), more: 1 }] })).to.equal(false);
    expect(planSchema({ ...HEAD, calls: [{ ...activationOf('a'), action: '../cascade/reload' }] })).to.equal(false);
  });

  it('invokes the action that each names, and answers what became of each', async () => {
    const { calls, result } = await invoke(planOf('a', 'b'), 60);
    expect(calls).to.deep.equal([
      { path: '/guest/questions/qhandler', params: { seen: { about: 'a' } } },
      { path: '/guest/questions/qhandler', params: { seen: { about: 'b' } } },
    ]);
    expect(result.statusCode).to.equal(202);
    expect(result.body.orders).to.deep.equal([
      { call: 'a', activationId: 'act1' },
      { call: 'b', activationId: 'act2' },
    ]);
  });

  it('carries what does not fit into its part of the minute', async () => {
    const { calls, result } = await invoke(planOf('a', 'b', 'c'), 4);
    expect(calls.map(({ path }) => path)).to.deep.equal([
      ...['/guest/questions/qhandler', '/guest/questions/qhandler', '/guest/questions/invoker'],
    ]);
    expect(calls[2]?.params).to.deep.equal({ plan: { ...HEAD, calls: [activationOf('c')], carries: 1 } });
    expect(result.body.orders).to.deep.include({ call: 'c', carried: true });
  });

  it('carries until when they may be started, and starts and carries none from then on', async () => {
    // NOW is 20 s into a minute.
    const until = (NOW + 100_000) as EpochMs;
    const { calls } = await invoke({ ...planOf('a', 'b', 'c'), until }, 4);
    expect(calls[2]?.params).to.deep.equal({ plan: { ...HEAD, calls: [activationOf('c')], until, carries: 1 } });
    const last = await invoke({ ...planOf('a', 'b', 'c'), until: (NOW + 40_000) as EpochMs }, 4);
    expect(last.calls.map(({ path }) => path)).to.deep.equal([
      '/guest/questions/qhandler',
      '/guest/questions/qhandler',
    ]);
    expect(last.result.body.orders[2]).to.have.nested.property('error.code', 'OPENWHISK_LIMIT');
    const late = await invoke({ ...planOf('a'), until: NOW as EpochMs }, 60);
    expect(late.calls).to.deep.equal([]);
  });

  it('says which ones OpenWhisk refused, and does not wait for the next minute: the collector finds them again', async () => {
    const { calls, result } = await invoke(planOf('a', 'b', 'c'), 4, (path) =>
      path.endsWith('invoker') ? { kind: 'minute-spent' } : undefined,
    );
    expect(calls).to.have.length(3);
    const [last] = result.body.orders.slice(-1);
    expect(last).to.include({ call: 'c' }).and.have.nested.property('error.code', 'OPENWHISK_LIMIT');
  });
});
