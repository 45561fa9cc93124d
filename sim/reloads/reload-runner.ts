/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file runs its
 * reloads: it queues them, starts them when there is room, and ends each as the tests or the examples want it.
 */

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

/** What the runner needs. */
export interface RunnerPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly switches: Switches;
  readonly apps: Apps;
  readonly store: ReloadStore;
  /** Called after each change of a reload's status, also when the reload is made. */
  readonly changed: (reload: Reload, app: App) => void;
  /** Called when the engine's attempt failed and another one follows. */
  readonly repeated: (reload: Reload, app: App) => void;
}

/** How a reload that has not ended will continue. */
interface Plan {
  readonly app: App;
  readonly outcome: AppOutcome;
  /** How many attempts of the engine are left, with the present one. */
  readonly attemptsLeft: number;
  /** When the present attempt ends (epoch ms); undefined while the reload is queued. */
  readonly attemptEndsAt?: number;
}

/** A reload that has not ended. */
interface ActiveReload {
  reload: Reload;
  plan: Plan;
  /** Each of these functions cancels one thing that would happen to the reload later. */
  readonly cancels: Cancel[];
}

/** The plans of the reloads that have not ended, in the state file. */
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

/** A reload may wait for 6 hours (fact q-states-04) and run for 3 (fact q-states-05). */
const QUEUE_CAP_MS = 6 * 3_600_000;
const RUN_CAP_MS = 3 * 3_600_000;
const WAITED_TOO_LONG = { errorCode: 'QueueTimeout', errorMessage: 'the reload waited in the queue for 6 hours' };
const RAN_TOO_LONG = { errorCode: 'ReloadTimeout', errorMessage: 'the reload ran for 3 hours' };

/**
 * `canceled`: the reload was queued, and has ended. `canceling`: it runs, and ends soon. `refused`: it had ended, or is
 * being canceled.
 */
export type CancelResult = 'canceled' | 'canceling' | 'refused';

/**
 * Runs reloads. Each goes `QUEUED → RELOADING → SUCCEEDED | FAILED | EXCEEDED_LIMIT`. If a reload is canceled, it goes
 * `QUEUED | RELOADING → CANCELING → CANCELED`. If it waits in the queue for 6 hours, it ends without having run.
 */
export class ReloadRunner {
  readonly #ports: RunnerPorts;
  readonly #queue = new Queue();
  readonly #active = new Map<string, ActiveReload>();
  readonly #running = new Set<ActiveReload>();
  #seq = 0;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
  }

  /** Queues a reload, and returns its record. The reload starts when the present work is done and there is room. */
  start(app: App, request: ReloadRequest, by: { readonly userId: string; readonly type: ReloadType }): Reload {
    const { apps, chance, clock } = this.#ports;
    this.#seq += 1;
    const reload: Reload = {
      ...request,
      ...by,
      // A personal space has no priorities (fact q-reloads-post-08).
      weight: app.spaceId === undefined ? 1 : request.weight,
      id: chance.hexId(),
      seq: this.#seq,
      status: 'QUEUED',
      createdAt: clock.now(),
      startedAt: undefined,
      attemptAt: undefined,
      endedAt: undefined,
      error: undefined,
    };
    const active = this.#add(reload, { app, outcome: apps.takeOutcome(app), attemptsLeft: app.engineAttempts });
    this.#change(active, {});
    this.#wait(active);
    clock.after(0, () => this.#startWaiting());
    return reload;
  }

  /**
   * Whether the app has a reload that forbids another one. The switch `reloads.pendingCovers` (a setting of the
   * simulation) says which reloads do.
   */
  isPending(appId: string): boolean {
    const covers = this.#ports.switches.get('reloads.pendingCovers');
    return this.#ports.store.active(appId).some(({ status }) => covers === 'active' || status === 'QUEUED');
  }

  saved(): SavedRunner {
    return { seq: this.#seq, plans: [...this.#active].map(([id, { plan }]) => [id, plan] as const) };
  }

  /** Continues the reloads of a saved state, which are in the store. What is due by now happens next. */
  restore({ seq, plans }: SavedRunner): void {
    this.#seq = seq;
    for (const [id, plan] of plans) {
      const reload = this.#ports.store.get(id);
      if (reload !== undefined) this.#goOn(this.#add(reload, plan));
    }
    this.#ports.clock.after(0, () => this.#startWaiting());
  }

  /** Cancels a reload: at once if it is queued, a moment later if it runs. */
  cancel(id: string): CancelResult {
    const active = this.#active.get(id);
    switch (active?.reload.status) {
      case 'QUEUED':
        this.#change(active, { status: 'CANCELING' });
        this.#end(active, 'CANCELED');
        return 'canceled';
      case 'RELOADING':
        this.#stop(active);
        return 'canceling';
      default:
        return 'refused';
    }
  }

  /** Notes a reload that has not ended. */
  #add(reload: Reload, plan: Plan): ActiveReload {
    const active = { reload, plan, cancels: [] };
    this.#active.set(reload.id, active);
    return active;
  }

  /** Continues a reload of a saved state where it was. */
  #goOn(active: ActiveReload): void {
    const { reload, plan } = active;
    if (reload.status === 'QUEUED') {
      this.#wait(active);
      return;
    }
    this.#running.add(active);
    if (reload.status === 'CANCELING') this.#endCanceled(active);
    else {
      this.#limitRunning(active);
      this.#at(plan.attemptEndsAt ?? 0, active, () => this.#endAttempt(active));
    }
  }

  /** Puts a reload into the queue. After 6 hours there it ends. */
  #wait(active: ActiveReload): void {
    this.#queue.add(active);
    this.#at(active.reload.createdAt + QUEUE_CAP_MS, active, () => {
      this.#end(active, this.#ports.switches.get('reloads.queueCapStatus'), WAITED_TOO_LONG);
    });
  }

  /** Ends a running reload 3 hours after its start. */
  #limitRunning(active: ActiveReload): void {
    this.#at((active.reload.startedAt ?? 0) + RUN_CAP_MS, active, () => {
      this.#end(active, this.#ports.switches.get('reloads.runCapStatus'), RAN_TOO_LONG);
    });
  }

  /** Starts queued reloads, as long as there is room. */
  #startWaiting(): void {
    while (this.#running.size < this.#ports.switches.get('reloads.concurrency')) {
      const next = this.#queue.take();
      if (next === undefined) return;
      // A reload may have ended while it was queued. It is still in the queue, and is left out here.
      if (next.reload.endedAt === undefined) this.#run(next);
    }
  }

  #run(active: ActiveReload): void {
    this.#cancelAll(active);
    this.#running.add(active);
    this.#change(active, { status: 'RELOADING', startedAt: this.#ports.clock.now() });
    this.#limitRunning(active);
    this.#attempt(active);
  }

  /** Starts an attempt of the engine. */
  #attempt(active: ActiveReload): void {
    const { apps, clock } = this.#ports;
    const attemptAt = clock.now();
    this.#put(active, { attemptAt });
    const attemptEndsAt = attemptAt + apps.drawDuration(active.plan.app);
    active.plan = { ...active.plan, attemptEndsAt };
    this.#at(attemptEndsAt, active, () => this.#endAttempt(active));
  }

  /** Ends an attempt of the engine. All attempts but the last fail (fact q-events-03). */
  #endAttempt(active: ActiveReload): void {
    const { reload, plan } = active;
    if (plan.attemptsLeft > 1) {
      this.#ports.repeated(reload, plan.app);
      active.plan = { ...plan, attemptsLeft: plan.attemptsLeft - 1 };
      this.#attempt(active);
    } else if (plan.outcome === 'canceled') this.#stop(active);
    else this.#end(active, END_OF[plan.outcome]);
  }

  /** Begins to cancel a running reload. It ends a moment later. */
  #stop(active: ActiveReload): void {
    this.#cancelAll(active);
    this.#endCanceled(active);
    this.#change(active, { status: 'CANCELING' });
  }

  #endCanceled(active: ActiveReload): void {
    this.#at(this.#ports.clock.now(), active, () => this.#end(active, 'CANCELED'));
  }

  #end(active: ActiveReload, status: ReloadStatus, reason?: ReloadError): void {
    const { clock, apps } = this.#ports;
    const { id, appId } = active.reload;
    const { errorMessage = FAILURE.errorMessage } = active.plan.app;
    const failure = status === 'FAILED' ? { ...FAILURE, errorMessage } : undefined;
    this.#cancelAll(active);
    this.#running.delete(active);
    const endedAt = clock.now();
    if (status === 'SUCCEEDED') apps.reloaded(appId, endedAt);
    this.#change(active, { status, endedAt, error: reason ?? failure });
    this.#active.delete(id);
    this.#startWaiting();
  }

  #change(active: ActiveReload, changes: Partial<Reload>): void {
    this.#put(active, changes);
    this.#ports.changed(active.reload, this.#ports.apps.get(active.reload.appId) ?? active.plan.app);
  }

  #put(active: ActiveReload, changes: Partial<Reload>): void {
    active.reload = { ...active.reload, ...changes };
    this.#ports.store.put(active.reload);
  }

  /** Calls `work` at `time` (epoch ms); if that is past, as soon as possible. `#cancelAll` cancels that. */
  #at(time: number, { cancels }: ActiveReload, work: () => void): void {
    const { clock } = this.#ports;
    cancels.push(clock.after(time - clock.now(), work));
  }

  #cancelAll(active: ActiveReload): void {
    for (const cancel of active.cancels.splice(0)) cancel();
  }
}

/** The queued reloads. The one with the greatest weight starts first; of several, the oldest one (fact q-states-03). */
class Queue {
  /** A list for each weight, the oldest reload first. So it is cheap to add a reload to thousands. */
  readonly #waiting = new Map<number, ActiveReload[]>();

  /** Adds a reload. It has to be younger than all others in the queue. */
  add(active: ActiveReload): void {
    const { weight } = active.reload;
    const equals = this.#waiting.get(weight) ?? [];
    this.#waiting.set(weight, equals);
    equals.push(active);
  }

  /** Removes and returns the reload that starts next. */
  take(): ActiveReload | undefined {
    const weights = [...this.#waiting].filter(([, equals]) => equals.length > 0).map(([weight]) => weight);
    return this.#waiting.get(Math.max(...weights))?.shift();
  }
}
