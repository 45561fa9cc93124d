import type { App, Apps, Outcome } from '../apps.ts';
import type { Chance } from '../chance.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { Switches } from '../switches.ts';
import { Queue } from './queue.ts';
import type { Reload, ReloadRequest, ReloadStatus, ReloadType } from './record.ts';
import type { ReloadStore } from './reload-store.ts';

export interface RunnerPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly switches: Switches;
  readonly apps: Apps;
  readonly store: ReloadStore;
  /** Told after each change of state, the first one included. */
  readonly changed: (reload: Reload, app: App) => void;
}

interface Plan {
  readonly app: App;
  readonly outcome: Outcome;
}

const END_OF = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  'exceeded-limit': 'EXCEEDED_LIMIT',
  canceled: 'CANCELED',
} as const satisfies Record<Outcome, ReloadStatus>;

/** `canceled` while waiting, `canceling` while running; `refused` if it has ended or is being canceled already. */
export type CancelResult = 'canceled' | 'canceling' | 'refused';

/** Runs reloads: `QUEUED → RELOADING → SUCCEEDED | FAILED | EXCEEDED_LIMIT`, or from an active state `→ CANCELING → CANCELED`. */
export class ReloadRunner {
  readonly #ports: RunnerPorts;
  readonly #queue = new Queue();
  readonly #plans = new Map<string, Plan>();
  readonly #running = new Map<string, Cancel>();
  #seq = 0;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
  }

  /** Queues a reload and returns its record; it starts once the present work is done and there is room. */
  start(app: App, request: ReloadRequest, by: { readonly userId: string; readonly type: ReloadType }): Reload {
    this.#seq += 1;
    const reload: Reload = {
      ...request,
      ...by,
      weight: app.spaceId === undefined ? 1 : request.weight, // personal spaces have no priorities (q-reloads-post-08)
      id: this.#ports.chance.hexId(),
      seq: this.#seq,
      status: 'QUEUED',
      createdAt: this.#ports.clock.now(),
      startedAt: undefined,
      endedAt: undefined,
    };
    this.#plans.set(reload.id, { app, outcome: this.#ports.apps.takeOutcome(app) });
    this.#queue.add(reload);
    this.#change(reload);
    this.#ports.clock.after(0, () => this.#startWaiting());
    return reload;
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
    if (reload === undefined || plan === undefined) return; // canceled while it waited
    this.#running.set(
      id,
      clock.after(plan.app.durationMs, () => this.#finish(id, plan.outcome)),
    );
    this.#change({ ...reload, status: 'RELOADING', startedAt: clock.now() });
  }

  #finish(id: string, outcome: Outcome): void {
    const reload = this.#ports.store.get(id);
    const end = END_OF[outcome];
    if (end !== 'CANCELED') this.#end(id, end);
    else if (reload !== undefined) this.#stop(reload);
  }

  #stop(reload: Reload): void {
    this.#running.get(reload.id)?.();
    this.#running.set(
      reload.id,
      this.#ports.clock.after(0, () => this.#end(reload.id, 'CANCELED')),
    );
    this.#change({ ...reload, status: 'CANCELING' });
  }

  #end(id: string, status: ReloadStatus): void {
    const { clock, store, apps } = this.#ports;
    const reload = store.get(id);
    if (reload === undefined) return;
    this.#running.delete(id);
    const endedAt = clock.now();
    if (status === 'SUCCEEDED') apps.reloaded(reload.appId, endedAt);
    this.#change({ ...reload, status, endedAt });
    this.#plans.delete(id);
    this.#startWaiting();
  }

  #change(reload: Reload): void {
    this.#ports.store.put(reload);
    const plan = this.#plans.get(reload.id);
    if (plan !== undefined) this.#ports.changed(reload, this.#ports.apps.get(reload.appId) ?? plan.app);
  }
}
