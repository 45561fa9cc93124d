import type { App, AppOutcome, Apps } from '../apps.ts';
import type { Chance } from '../chance.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { Switches } from '../switches.ts';
import {
  FAILURE,
  type Reload,
  type ReloadError,
  type ReloadRequest,
  type ReloadStatus,
  type ReloadType,
} from './record.ts';
import type { ReloadStore } from './reload-store.ts';

export interface RunnerPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly switches: Switches;
  readonly apps: Apps;
  readonly store: ReloadStore;
  /** Told after each change of state, the first one included. */
  readonly changed: (reload: Reload, app: App) => void;
  /** Told when the engine's attempt failed and another one follows. */
  readonly repeated: (reload: Reload, app: App) => void;
}

/** What is to become of a reload that has not ended. */
interface Plan {
  readonly app: App;
  readonly outcome: AppOutcome;
  /** How many attempts of the engine are left, the present one included. */
  readonly attemptsLeft: number;
  /** When the present attempt ends (epoch ms); absent while it waits. */
  readonly attemptEndsAt?: number;
}

/** The reloads that have not ended, as they are kept over a restart. */
export interface SavedRunner {
  readonly seq: number;
  readonly plans: readonly (readonly [id: string, plan: Plan])[];
}

const END_OF = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  'exceeded-limit': 'EXCEEDED_LIMIT',
  canceled: 'CANCELED',
} as const satisfies Record<AppOutcome, ReloadStatus>;

/** How long a reload may wait (q-states-04) and run (q-states-05). */
const QUEUE_CAP_MS = 6 * 3_600_000;
const RUN_CAP_MS = 3 * 3_600_000;
const WAITED_TOO_LONG = { errorCode: 'QueueTimeout', errorMessage: 'the reload waited in the queue for 6 hours' };
const RAN_TOO_LONG = { errorCode: 'ReloadTimeout', errorMessage: 'the reload ran for 3 hours' };

/** `canceled` while waiting, `canceling` while running; `refused` if it has ended or is being canceled already. */
export type CancelResult = 'canceled' | 'canceling' | 'refused';

/** Runs reloads: `QUEUED → RELOADING → SUCCEEDED | FAILED | EXCEEDED_LIMIT`, or from an active state `→ CANCELING → CANCELED`. */
export class ReloadRunner {
  readonly #ports: RunnerPorts;
  readonly #queue = new Queue();
  readonly #plans = new Map<string, Plan>();
  readonly #running = new Set<string>();
  /** What waits to happen to each reload. */
  readonly #timers = new Map<string, Cancel[]>();
  #seq = 0;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
  }

  /** Queues a reload and returns its record; it starts once the present work is done and there is room. */
  start(app: App, request: ReloadRequest, by: { readonly userId: string; readonly type: ReloadType }): Reload {
    const { apps, chance, clock } = this.#ports;
    this.#seq += 1;
    const reload: Reload = {
      ...request,
      ...by,
      weight: app.spaceId === undefined ? 1 : request.weight, // personal spaces have no priorities (q-reloads-post-08)
      id: chance.hexId(),
      seq: this.#seq,
      status: 'QUEUED',
      createdAt: clock.now(),
      startedAt: undefined,
      attemptAt: undefined,
      endedAt: undefined,
      error: undefined,
    };
    this.#plans.set(reload.id, { app, outcome: apps.takeOutcome(app), attemptsLeft: app.engineAttempts });
    this.#queue.add(reload);
    this.#change(reload);
    this.#limitWaiting(reload);
    clock.after(0, () => this.#startWaiting());
    return reload;
  }

  saved(): SavedRunner {
    return { seq: this.#seq, plans: [...this.#plans] };
  }

  /** Goes on with reloads that are in the store: each is where it was, and what is due by now is done next. */
  restore({ seq, plans }: SavedRunner): void {
    const { clock, store } = this.#ports;
    this.#seq = seq;
    for (const [id, plan] of plans) {
      const reload = store.get(id);
      if (reload === undefined) continue;
      this.#plans.set(id, plan);
      this.#goOn(reload, plan);
    }
    clock.after(0, () => this.#startWaiting());
  }

  #goOn(reload: Reload, { attemptEndsAt = 0 }: Plan): void {
    const now = this.#ports.clock.now();
    if (reload.status === 'QUEUED') {
      this.#queue.add(reload);
      this.#limitWaiting(reload);
      return;
    }
    this.#running.add(reload.id);
    if (reload.status === 'CANCELING') this.#after(0, reload.id, () => this.#end(reload.id, 'CANCELED'));
    else {
      this.#limitRunning(reload);
      this.#after(attemptEndsAt - now, reload.id, () => this.#endAttempt(reload.id));
    }
  }

  #limitWaiting({ id, createdAt }: Reload): void {
    const { clock, switches } = this.#ports;
    this.#after(createdAt + QUEUE_CAP_MS - clock.now(), id, () => {
      this.#end(id, switches.get('reloads.queueCapStatus'), WAITED_TOO_LONG);
    });
  }

  #limitRunning({ id, startedAt = 0 }: Reload): void {
    const { clock, switches } = this.#ports;
    this.#after(startedAt + RUN_CAP_MS - clock.now(), id, () => {
      this.#end(id, switches.get('reloads.runCapStatus'), RAN_TOO_LONG);
    });
  }

  /** Cancels a reload that waits, at once, or one that runs, in a moment. */
  cancel(reload: Reload): CancelResult {
    if (reload.status === 'QUEUED') {
      this.#change({ ...reload, status: 'CANCELING' });
      this.#end(reload.id, 'CANCELED');
      return 'canceled';
    }
    if (reload.status !== 'RELOADING') return 'refused';
    this.#stop(reload);
    return 'canceling';
  }

  #startWaiting(): void {
    while (this.#running.size < this.#ports.switches.get('reloads.concurrency')) {
      const next = this.#queue.take();
      if (next === undefined) return;
      this.#run(next.id);
    }
  }

  #run(id: string): void {
    const { clock, store } = this.#ports;
    const reload = store.get(id);
    const plan = this.#plans.get(id);
    if (reload === undefined || plan === undefined) return; // it ended while it waited
    this.#forgetTimers(id);
    this.#running.add(id);
    const started: Reload = { ...reload, status: 'RELOADING', startedAt: clock.now() };
    this.#change(started);
    this.#limitRunning(started);
    this.#attempt(id, plan);
  }

  /** Lets the engine try. */
  #attempt(id: string, plan: Plan): void {
    const { apps, clock, store } = this.#ports;
    const reload = store.get(id);
    if (reload === undefined) return;
    const attemptAt = clock.now();
    store.put({ ...reload, attemptAt });
    const durationMs = apps.drawDuration(plan.app);
    this.#plans.set(id, { ...plan, attemptEndsAt: attemptAt + durationMs });
    this.#after(durationMs, id, () => this.#endAttempt(id));
  }

  /** If the engine has another attempt left, this one failed (q-events-03). */
  #endAttempt(id: string): void {
    const reload = this.#ports.store.get(id);
    const plan = this.#plans.get(id);
    if (reload === undefined || plan === undefined) return;
    if (plan.attemptsLeft <= 1) {
      this.#finish(id, plan.outcome);
      return;
    }
    this.#ports.repeated(reload, plan.app);
    this.#attempt(id, { ...plan, attemptsLeft: plan.attemptsLeft - 1 });
  }

  #finish(id: string, outcome: AppOutcome): void {
    const reload = this.#ports.store.get(id);
    const end = END_OF[outcome];
    if (end !== 'CANCELED') this.#end(id, end);
    else if (reload !== undefined) this.#stop(reload);
  }

  #stop(reload: Reload): void {
    this.#forgetTimers(reload.id);
    this.#after(0, reload.id, () => this.#end(reload.id, 'CANCELED'));
    this.#change({ ...reload, status: 'CANCELING' });
  }

  #end(id: string, status: ReloadStatus, reason?: ReloadError): void {
    const { clock, store, apps } = this.#ports;
    const reload = store.get(id);
    if (reload === undefined) return;
    this.#forgetTimers(id);
    this.#running.delete(id);
    const endedAt = clock.now();
    if (status === 'SUCCEEDED') apps.reloaded(reload.appId, endedAt);
    this.#change({ ...reload, status, endedAt, error: reason ?? this.#errorOf(id, status) });
    this.#plans.delete(id);
    this.#startWaiting();
  }

  #errorOf(id: string, status: ReloadStatus): ReloadError | undefined {
    if (status !== 'FAILED') return undefined;
    const errorMessage = this.#plans.get(id)?.app.errorMessage;
    return errorMessage === undefined ? FAILURE : { ...FAILURE, errorMessage };
  }

  #change(reload: Reload): void {
    this.#ports.store.put(reload);
    const plan = this.#plans.get(reload.id);
    if (plan !== undefined) this.#ports.changed(reload, this.#ports.apps.get(reload.appId) ?? plan.app);
  }

  #after(ms: number, id: string, work: () => void): void {
    const timers = this.#timers.get(id) ?? [];
    timers.push(this.#ports.clock.after(ms, work));
    this.#timers.set(id, timers);
  }

  #forgetTimers(id: string): void {
    for (const cancel of this.#timers.get(id) ?? []) cancel();
    this.#timers.delete(id);
  }
}

/** What waits for its turn. */
export interface Queued {
  readonly id: string;
  readonly weight: number;
}

/** Reloads that wait: the greater weight first, of equal ones the older (q-states-03). */
export class Queue {
  /** By weight, the oldest first: so that adding to thousands costs no more than to one. */
  readonly #waiting = new Map<number, Queued[]>();

  /** Adds one that is younger than all that wait. */
  add(item: Queued): void {
    const equals = this.#waiting.get(item.weight) ?? [];
    this.#waiting.set(item.weight, equals);
    equals.push(item);
  }

  /** Takes out the one whose turn it is. */
  take(): Queued | undefined {
    const weights = [...this.#waiting].filter(([, equals]) => equals.length > 0).map(([weight]) => weight);
    return this.#waiting.get(Math.max(...weights))?.shift();
  }
}
