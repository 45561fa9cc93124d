import type { ReloadBody } from '../../../src/core/link.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** How one tenant behaves in points that Qlik's documentation leaves open (unknown facts). */
export interface TenantTraits {
  readonly echo: 'both' | 'record' | 'none';
  /** Whether our user may list the whole tenant. */
  readonly isAdmin: boolean;
  readonly isSortHonoured: boolean;
  /** Where reloads that have not ended stand in a list by end. */
  readonly areActiveFirst: boolean;
  /** Which reloads of an app make the tenant refuse another one with RELOADS-007. */
  readonly pendingCovers: 'active' | 'queued';
  /** How many ended reloads of an app the lists hold. */
  readonly keep: number;
  /** The reload's id in the engine's events: that of the request, or another one. */
  readonly engineIds: 'same' | 'own';
  readonly isEngineEventSent: boolean;
  /** How far the tenant's clock is ahead of the world's, in ms. */
  readonly clockOffset: number;
  /** How many reloads one page of the whole tenant's list holds. */
  readonly page: number;
  /** Whether each page takes seconds. */
  readonly isSlow: boolean;
  /** Whether all reloads succeed and take no random time, so that only the starts decide what happens. */
  readonly isEveryReloadFine: boolean;
  /**
   * How the nth reload of an app goes, from 1, without history; undefined if it has no fixed fate. A reload with such a
   * fate does not wait in the queue.
   */
  readonly fateOf?: (appId: string, nth: number) => Fate | undefined;
}

/**
 * What the credential cannot see of an app. `deleted`, `hidden`: everything (404, 403). `list-refused`, `list-fails`:
 * only its list (404, 500).
 */
export type Unseen = 'deleted' | 'hidden' | 'list-refused' | 'list-fails';

/** Traits of a tenant that are counted if they had an effect in a run. */
export type MetTrait =
  | 'echo-in-record-only'
  | 'echo-nowhere'
  | 'no-admin'
  | 'sort-ignored'
  | 'ten-ends-kept'
  | 'queued-only';

export type QlikOutcome = 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'EXCEEDED_LIMIT';

/** How a reload goes. */
export interface Fate {
  readonly outcome: QlikOutcome;
  readonly runMs: number;
}

export interface NewReload {
  readonly appId: string;
  readonly type: string;
  readonly userId: string;
  readonly body: ReloadBody;
  readonly resourceId?: string;
}

/** How long a new reload may take until lists show it. If it was accepted late, the time is shorter. */
const MOST_LAG_MS = 55_000;
/** The beginning of the ids of reloads that ended before Cascade was there. */
const HISTORY = 'history';

/** A reload as the tenant really has it. Lists and events show parts of it, later. Times are the world's. */
export interface SimReload extends NewReload {
  readonly id: string;
  readonly acceptedAt: number;
  /** When lists and GET begin to show it. */
  readonly shownFrom: number;
  status: 'QUEUED' | 'RELOADING' | QlikOutcome;
  endedAt?: number;
  /** Whether the sweep canceled it before it had ended. */
  isCanceledByUs?: boolean;
  /** When lists and GET begin to show that it ended. */
  endShownFrom?: number;
}

export interface TenantHooks {
  readonly onAccepted: (reload: SimReload) => void;
  readonly onEnded: (reload: SimReload) => void;
  /** How late something is shown, ms. */
  readonly lagMs: (what: 'shown-late' | 'end-shown-late') => number;
}

const isActive = ({ status }: SimReload): boolean => status === 'QUEUED' || status === 'RELOADING';

/** Runs reloads from the queue to the end, one at a time for each app. */
export class TenantModel {
  readonly name: string;
  readonly traits: TenantTraits;
  readonly reloads: SimReload[] = [];
  /** Apps of which the credential cannot see everything. */
  readonly unseen = new Map<string, Unseen>();
  readonly met = new Set<MetTrait>();
  readonly #byId = new Map<string, SimReload>();
  readonly #byApp = new Map<string, SimReload[]>();
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #hooks: TenantHooks;

  constructor(
    name: string,
    traits: TenantTraits,
    world: { readonly scheduler: Scheduler; readonly random: Random; readonly trace: Trace },
    hooks: TenantHooks,
  ) {
    this.name = name;
    this.traits = traits;
    this.#scheduler = world.scheduler;
    this.#random = world.random;
    this.#trace = world.trace;
    this.#hooks = hooks;
  }

  /** The tenant's clock. */
  now(): number {
    return this.#scheduler.now + this.traits.clockOffset;
  }

  /** Whether lists show an app's ends. */
  isListable(appId: string): boolean {
    return !this.unseen.has(appId);
  }

  /** Whether the credential can see neither the app nor its reloads. */
  isGone(appId: string): boolean {
    const unseen = this.unseen.get(appId);
    return unseen === 'deleted' || unseen === 'hidden';
  }

  /** Deletes an app with its running reloads, of which nobody hears, or hides it from the credential. */
  withdraw(appId: string, unseen: 'deleted' | 'hidden', afterMs: number): void {
    this.#scheduler.after(afterMs, () => {
      this.unseen.set(appId, unseen);
      this.#trace.add(this.name, `tenant.${unseen}`, appId);
      if (unseen === 'deleted') for (const reload of this.ofApp(appId).filter(isActive)) reload.status = 'CANCELED';
    });
  }

  ofApp(appId: string): readonly SimReload[] {
    return this.#byApp.get(appId) ?? [];
  }

  find(id: string): SimReload | undefined {
    return this.#byId.get(id);
  }

  activeCount(): number {
    return this.reloads.filter(isActive).length;
  }

  isActive(appId: string): boolean {
    return this.ofApp(appId).some(isActive);
  }

  /**
   * @param lateMs - how late it is accepted.
   * @returns undefined if a reload of the app is pending (RELOADS-007).
   */
  accept(wanted: NewReload, lateMs = 0): SimReload | undefined {
    if (this.#isPending(wanted.appId)) return undefined;
    if (this.isActive(wanted.appId)) this.met.add('queued-only');
    const { now } = this.#scheduler;
    const reload: SimReload = {
      ...wanted,
      id: (0x65_00_00_00 + this.reloads.length).toString(16).padStart(8, '0') + this.name.slice(0, 8).padEnd(16, '0'),
      acceptedAt: now,
      shownFrom: now + Math.max(0, Math.min(this.#hooks.lagMs('shown-late'), MOST_LAG_MS - lateMs)),
      status: 'QUEUED',
    };
    this.#keep(reload);
    this.#trace.add(this.name, 'tenant.accepted', reload.id, { after: { ...reload } });
    this.#hooks.onAccepted(reload);
    const [queuedMs, fate] = [queueMs(this.#random), this.#fateOf(reload)];
    this.#scheduler.after(fate === undefined ? queuedMs : 0, () => this.#run(reload, fate));
    return reload;
  }

  /** A reload that ended before Cascade was there. */
  addHistory(appId: string, agoMs: number): void {
    const at = this.#scheduler.now - agoMs;
    const times = { acceptedAt: at - 60_000, shownFrom: at - 60_000, endedAt: at, endShownFrom: at };
    const id = `${HISTORY}${this.reloads.length.toString().padStart(17, '0')}`;
    this.#keep({ appId, type: 'hub', userId: 'person', body: {}, id, status: 'SUCCEEDED', ...times });
  }

  #keep(reload: SimReload): void {
    this.reloads.push(reload);
    this.#byId.set(reload.id, reload);
    this.#byApp.set(reload.appId, [...this.ofApp(reload.appId), reload]);
  }

  /** @returns false if it has ended. */
  cancel(reload: SimReload): boolean {
    if (!isActive(reload)) return false;
    this.#scheduler.after(1_000, () => this.#end(reload, 'CANCELED'));
    return true;
  }

  #isPending(appId: string): boolean {
    const covers = this.traits.pendingCovers === 'active' ? isActive : (each: SimReload) => each.status === 'QUEUED';
    return this.ofApp(appId).some(covers);
  }

  #fateOf({ appId }: SimReload): Fate | undefined {
    return this.traits.fateOf?.(appId, this.ofApp(appId).filter(({ id }) => !id.startsWith(HISTORY)).length);
  }

  #run(reload: SimReload, fate: Fate | undefined): void {
    if (reload.status !== 'QUEUED') return;
    if (this.ofApp(reload.appId).some(({ status }) => status === 'RELOADING')) {
      this.#scheduler.after(this.#random.between(500, 5_000), () => this.#run(reload, fate));
      return;
    }
    reload.status = 'RELOADING';
    const drawn = outcomeOf(this.#random);
    const outcome = fate?.outcome ?? (this.traits.isEveryReloadFine ? 'SUCCEEDED' : drawn);
    const drawnMs = runMs(this.#random);
    this.#scheduler.after(fate?.runMs ?? drawnMs, () => this.#end(reload, outcome));
  }

  #end(reload: SimReload, outcome: QlikOutcome): void {
    if (!isActive(reload)) return;
    reload.status = outcome;
    reload.endedAt = this.#scheduler.now;
    reload.endShownFrom = Math.max(reload.shownFrom, reload.endedAt + this.#hooks.lagMs('end-shown-late'));
    this.#trace.add(this.name, 'tenant.ended', reload.id, { after: { ...reload } });
    this.#hooks.onEnded(reload);
  }
}

function queueMs(random: Random): number {
  return random.chance(0.85) ? random.between(100, 10_000) : random.between(10_000, 10 * 60_000);
}

function runMs(random: Random): number {
  const kind = random.next();
  if (kind < 0.1) return random.between(50, 1_500);
  if (kind < 0.65) return random.between(2_000, 90_000);
  return kind < 0.92 ? random.between(90_000, 8 * 60_000) : random.between(8 * 60_000, 45 * 60_000);
}

function outcomeOf(random: Random): QlikOutcome {
  const kind = random.next();
  if (kind < 0.86) return 'SUCCEEDED';
  if (kind < 0.94) return 'FAILED';
  return kind < 0.97 ? 'CANCELED' : 'EXCEEDED_LIMIT';
}
