import type { Invocation, InvokerPort, NamespaceLimits } from '../../../src/clients/openwhisk/invoker-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { Activation, type ActivationPorts, type Answer } from './activation.ts';
import { Containers } from './containers.ts';
import type { Trace } from './trace.ts';

/** The result of one action's run. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** The action threw one of our own errors. */
  | { readonly kind: 'failed'; readonly error: CascadeError }
  /** The action crashed, or its time was up. */
  | { readonly kind: 'died' };

export interface HostWorld extends ActivationPorts {
  readonly trace: Trace;
  /** The namespace's limits. */
  readonly limits: NamespaceLimits;
  /**
   * Whether the host enforces the limit of concurrent invocations. If not, it only reports it as reached now and then.
   */
  readonly isHeldAtOnce?: boolean;
  readonly violate: (kind: string, message: string) => void;
  /** Runs the action or the sequence of that name. */
  readonly run: (name: string, params: unknown) => Promise<void>;
}

const LONGEST_DELAY_MS = 10 * 60_000;
const CALL_TIMEOUT_MS = 10_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** Runs actions. Invocations may be lost, doubled or late, and activations may end at any of their calls. */
export class Host {
  /** How many activations run or are to run. */
  open = 0;
  activations = 0;
  readonly #world: HostWorld;
  readonly #containers: Containers;
  #minute = 0;
  #invocations = 0;
  /** How many invocations have not ended. */
  #atOnce = 0;
  readonly #running = new Set<Activation>();
  /** How often the host was killed. */
  #kills = 0;

  constructor(world: HostWorld) {
    this.#world = world;
    this.#containers = new Containers(world);
  }

  /** Kills the host. Every running activation dies, and invocations that have not begun are lost. */
  kill(): void {
    this.#kills += 1;
    for (const activation of this.#running) activation.die();
  }

  /** Runs one action to its end. The result has only what a JSON text keeps. */
  runAction<T>(name: string, limitMs: number, work: (activation: Activation) => Promise<T>): Promise<Outcome<T>> {
    const { scheduler, trace } = this.#world;
    this.open += 1;
    this.activations += 1;
    const id = this.activations.toString(16).padStart(32, '0');
    return new Promise((resolve) => {
      const end = (outcome: Outcome<T>): void => {
        this.open -= 1;
        this.#running.delete(activation);
        trace.add(activation.label, 'host.end', outcome.kind, outcome.kind === 'done' ? { after: outcome.value } : {});
        scheduler.after(this.#world.random.between(5, 60), () => scheduler.wake(() => resolve(outcome)));
      };
      const container = this.#containers.take(name);
      const plan = { name, id, limitMs, container };
      const activation = new Activation(plan, this.#world, () => end({ kind: 'died' }));
      this.#running.add(activation);
      trace.add(activation.label, 'host.start', name);
      scheduler.start(async () => {
        const outcome = await this.#outcomeOf(activation, work);
        if (activation.isDead) return;
        if (activation.inFlight > 0)
          this.#world.violate('in-flight', `${activation.label} ended with a call in flight`);
        activation.isDead = true;
        this.#containers.giveBack(name, container);
        end(outcome);
      });
    });
  }

  async #outcomeOf<T>(activation: Activation, work: (activation: Activation) => Promise<T>): Promise<Outcome<T>> {
    try {
      return { kind: 'done', value: JSON.parse(JSON.stringify((await work(activation)) ?? null)) as T };
    } catch (error) {
      if (error instanceof CascadeError) return { kind: 'failed', error };
      this.#world.violate('bug', `${activation.label}: ${error instanceof Error ? error.stack : String(error)}`);
      return { kind: 'died' };
    }
  }

  /** An activation's way to invoke others. */
  invokerPort(caller: Activation): InvokerPort {
    const { faults, trace } = this.#world;
    const invoke = (action: string, params: object): Answer<Invocation> => {
      const name = action.slice(action.lastIndexOf('/') + 1);
      if (faults.strikes('host-busy')) return { value: { kind: 'too-many-concurrent' } };
      const admitted = this.admits();
      if (admitted === 'minute-spent') faults.count('minute-full');
      if (admitted !== 'accepted') return { value: { kind: admitted } };
      if (faults.strikes('minute-spent')) return { value: { kind: 'minute-spent' } };
      const isAnswerLost = faults.strikes('invocation-answer-lost');
      trace.add(caller.label, 'host.invoke', name, { after: params });
      this.#launch(name, params);
      const unknown = { kind: 'unknown', message: 'OpenWhisk gave no answer (simulated).' } as const;
      return { value: isAnswerLost ? unknown : { kind: 'accepted', activationId: `started-by-${caller.id}` } };
    };
    return {
      invoke: (action, params) => {
        const sent = JSON.parse(JSON.stringify(params)) as object;
        const effect = (): Answer<Invocation> => invoke(action, sent);
        const onTimeout = () => ({ value: { kind: 'unknown', message: 'time-out (simulated)' } as const });
        return caller.call<Invocation>({ effect, onTimeout, timeoutMs: CALL_TIMEOUT_MS, isWrite: true });
      },
      limits: async () => {
        const hostNow = (Math.floor(this.#world.scheduler.now / SECOND_MS) * SECOND_MS) as EpochMs;
        return { ...this.#world.limits, hostNow };
      },
    };
  }

  /** Counts an invocation, and says whether the namespace's limits let it in. */
  admits(): 'accepted' | 'minute-spent' | 'too-many-concurrent' {
    const { limits, isHeldAtOnce } = this.#world;
    if (this.#isMinuteFull()) return 'minute-spent';
    // An invocation that is refused for this still counts for the minute (fact ow-limits-13).
    return isHeldAtOnce && this.#atOnce >= limits.concurrentInvocations ? 'too-many-concurrent' : 'accepted';
  }

  /** Runs work for which a caller waits. It counts as one concurrent invocation. */
  async holding<T>(work: () => Promise<T>): Promise<T> {
    this.#atOnce += 1;
    const result = await work();
    this.#atOnce -= 1;
    return result;
  }

  /** Counts an invocation of this minute, unless the namespace has had as many as it may. */
  #isMinuteFull(): boolean {
    const { scheduler, limits } = this.#world;
    const minute = Math.floor(scheduler.now / MINUTE_MS);
    if (minute !== this.#minute) this.#invocations = 0;
    this.#minute = minute;
    if (this.#invocations >= limits.invocationsPerMinute) return true;
    this.#invocations += 1;
    return false;
  }

  #launch(name: string, params: unknown): void {
    const { faults } = this.#world;
    const [isLost, isDoubled] = [faults.strikes('invocation-lost'), faults.strikes('invocation-doubled')];
    if (!isLost) this.#later(name, params);
    if (isDoubled) this.#later(name, params);
  }

  #later(name: string, params: unknown): void {
    const { faults, random, scheduler, run } = this.#world;
    const [soonMs, lateMs] = [random.between(5, 400), random.between(400, LONGEST_DELAY_MS)];
    this.open += 1;
    this.#atOnce += 1;
    const kills = this.#kills;
    scheduler.after(faults.strikes('invocation-delayed') ? lateMs : soonMs, () => {
      scheduler.start(async () => {
        if (kills === this.#kills) await run(name, params);
        this.open -= 1;
        this.#atOnce -= 1;
      });
    });
  }
}
