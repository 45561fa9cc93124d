import { expect } from 'chai';
import { fireSlots } from '../../../actions/invoker/fire-slots.ts';
import { minuteBudget } from '../../../actions/invoker/minute-budget.ts';
import type { Invocation } from '../../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';

/** The store's clock: the full minute. */
const T = 1_800_000_000_000;
/** The container is two minutes ahead. */
const AHEAD_MS = 120_000;
const orderOf = (app: string): string => `order:default:${app}:s:r1`;
const slot = (app: string, afterMs: number) => ({ order: orderOf(app), at: T + afterMs });

interface Fired {
  readonly action: string;
  /** The store's clock. */
  readonly afterMs: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is sent
  readonly params: any;
}

async function firedBy(
  slots: readonly object[],
  {
    beginsMs = 0,
    gate,
    storeFails = 0,
    answer = () => undefined,
  }: {
    readonly beginsMs?: number;
    readonly gate?: object;
    /** How often CouchDB gives no answer at first. */
    readonly storeFails?: number;
    readonly answer?: (count: number) => Invocation | undefined;
  } = {},
) {
  let elapsedMs = beginsMs;
  const now = (): EpochMs => (T + AHEAD_MS + elapsedMs) as EpochMs;
  const store = memoryCouch(() => (T + elapsedMs) as EpochMs, { isCold: true });
  if (gate !== undefined) store.seed({ _id: 'gate:default', schema: 1, type: 'gate', ...gate });
  store.fail('many', 'before', storeFails);
  const fired: Fired[] = [];
  const line = (): void => {};
  const plan = { traceId: 't1', source: 'sweep', receivedAt: T, orders: [], skips: [], ignored: [], slots };
  await fireSlots(
    plan as unknown as Plan,
    { store, times: timeConstants() },
    {
      openwhisk: {
        invoke: async (path, params) => {
          fired.push({ action: path.slice(path.lastIndexOf('/') + 1), afterMs: elapsedMs, params });
          return answer(fired.length) ?? { kind: 'accepted', activationId: `a${fired.length}` };
        },
        limits: async () => undefined,
      },
      ...{ packagePath: '/guest/cascade/', limits: { invocationsPerMinute: 60, concurrentInvocations: 30 } },
      ...{ budget: minuteBudget(now), patientUntil: now(), deadline: (now() + 118_000) as EpochMs, now },
      sleep: async (durationMs) => {
        elapsedMs += durationMs;
      },
      random: () => 0.5,
      log: { debug: line, info: line, warn: line, error: line },
    },
  );
  return fired;
}

describe('orders with slots', () => {
  it('are fired each when its slot comes by the store’s clock, and the later ones are handed on with the minute', async () => {
    const fired = await firedBy([slot('c', 70_000), slot('b', 30_000), slot('a', 5_000)]);
    expect(fired.map(({ action, afterMs }) => [action, afterMs])).to.deep.equal([
      ['reload', 5_000],
      ['reload', 30_000],
      ['invoker', 59_000],
    ]);
    expect(fired[0]?.params).to.deep.equal({ request: { traceId: 't1', due: orderOf('a'), hasSlot: true } });
    expect(fired[2]?.params.plan).to.deep.include({ carries: 1, slots: [slot('c', 70_000)] });
  });

  it('are fired at once where their slots have passed', async () => {
    const fired = await firedBy([slot('a', -9_000), slot('b', 0)], { beginsMs: 10_000 });
    expect(fired.map(({ afterMs }) => afterMs)).to.deep.equal([10_000, 10_000]);
  });

  it('are fired until the end of the next minute where this one is nearly over', async () => {
    const fired = await firedBy([slot('a', 59_500), slot('b', 118_000)], { beginsMs: 59_000 });
    expect(fired.map(({ action, afterMs }) => [action, afterMs])).to.deep.equal([
      ['reload', 59_500],
      ['reload', 118_000],
    ]);
  });

  it('lose their slots where a new 429 shut the gate for 10 s and more beyond them: they stay due', async () => {
    const fired = await firedBy([slot('a', 5_000), slot('b', 5_001)], { gate: { until: T + 15_000 } });
    expect(fired.map(({ params }) => params.request.due)).to.deep.equal([orderOf('b')]);
  });

  it('keep their slots if CouchDB does not answer at first', async () => {
    expect(await firedBy([slot('a', 5_000)], { storeFails: 2 })).to.have.length(1);
  });

  it('are invoked once more if the host gave no answer, and not a third time', async () => {
    const fired = await firedBy([slot('a', 5_000), slot('b', 9_000)], {
      answer: (count) => (count <= 2 ? { kind: 'unknown', message: 'time-out' } : undefined),
    });
    expect(fired.map(({ params }) => params.request.due)).to.deep.equal(['a', 'a', 'b'].map(orderOf));
  });

  it('are not invoked again if the host refused them for good', async () => {
    const fired = await firedBy([slot('a', 5_000)], { answer: () => ({ kind: 'refused', message: '404' }) });
    expect(fired).to.have.length(1);
  });

  it('stay due if CouchDB does not answer, and only the slots of later minutes are handed on', async () => {
    // This activation has no answer to learn that the store’s clock is two minutes behind.
    const fired = await firedBy([slot('b', 210_000), slot('a', 5_000)], { storeFails: 3 });
    expect(fired.map(({ action, afterMs }) => [action, afterMs])).to.deep.equal([['invoker', 59_000]]);
    expect(fired[0]?.params.plan.slots).to.deep.equal([slot('b', 210_000)]);
  });

  it('are 58 at most in a minute of 60 invocations: the last two hand the others on', async () => {
    const fired = await firedBy(Array.from({ length: 70 }, (_, index) => slot(`a${index}`, 1_000)));
    expect(fired.map(({ action }) => action)).to.deep.equal([...Array(58).fill('reload'), 'invoker']);
    expect(fired.at(-1)?.params.plan.slots).to.have.length(12);
  });

  it('are handed on for ten seconds if the host has no free place, and then stay due', async () => {
    const handedOn = async (freeAfter: number) => {
      const answer = (count: number): Invocation | undefined =>
        count <= freeAfter ? { kind: 'too-many-concurrent' } : undefined;
      return (await firedBy([slot('a', 90_000)], { answer })).map(({ afterMs }) => afterMs);
    };
    expect(await handedOn(2)).to.have.length(3);
    const never = await handedOn(1_000);
    expect(never[0]).to.equal(59_000);
    expect(never.filter((afterMs) => afterMs > 69_000)).to.deep.equal([]);
  });

  it('are tried again where the host has no free place, and handed on where the minute is spent', async () => {
    const answers: Invocation[] = [{ kind: 'too-many-concurrent' }, { kind: 'minute-spent' }];
    const fired = await firedBy([slot('a', 5_000)], { answer: (count) => answers[count - 1] });
    expect(fired.map(({ action, afterMs }) => [action, afterMs])).to.deep.equal([
      ['reload', 5_000],
      ['reload', 5_500],
      ['invoker', 59_000],
    ]);
  });
});
