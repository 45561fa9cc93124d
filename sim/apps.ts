/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file keeps its
 * apps. Tests and `npm start` decide how long the reloads of an app take, and how they end.
 */

import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** How a reload of an app ends. */
export const APP_OUTCOMES = ['succeeded', 'failed', 'canceled', 'exceeded-limit'] as const;
export type AppOutcome = (typeof APP_OUTCOMES)[number];

/** What an app is for. `DATA_PREPARATION` is a script app. */
export const USAGES = ['ANALYTICS', 'DATA_PREPARATION', 'DATAFLOW_PREP', 'SINGLE_TABLE_PREP'] as const;
export type Usage = (typeof USAGES)[number];

/** A duration in milliseconds. If it is two numbers, a duration from the first to the second is drawn. */
export type Duration = number | readonly [number, number];

/** The fields of an app that the control interface sets (`/_sim`, by which tests and `npm start` change the tenant). */
export interface AppSettings {
  readonly id: string;
  readonly name: string;
  readonly spaceId: string | undefined;
  /** The user who owns the app. If it is undefined, every caller counts as the owner. */
  readonly ownerId: string | undefined;
  /** How long one attempt of the engine takes. */
  readonly durationMs: Duration;
  /** How the app's reloads end, one after another. All later reloads end as the last of these. */
  readonly outcomes: readonly AppOutcome[];
  /** How often the engine tries each reload. All attempts but the last fail; the last one ends as `outcomes` says. */
  readonly engineAttempts: number;
  /** The error message of a failed reload. If it is undefined, the message is one that a real tenant gave. */
  readonly errorMessage: string | undefined;
  readonly mayReload: boolean;
  readonly tags: readonly string[];
  /** Names of public collections. */
  readonly collections: readonly string[];
  readonly usage: Usage;
  readonly isSessionApp: boolean;
  /** Only for the events: whether the loads of the app store nothing. */
  readonly isSkipStore: boolean;
}

export interface App extends AppSettings {
  readonly itemId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastReloadAt: number | undefined;
}

/** The apps in the state file. */
export interface SavedApps {
  readonly apps: readonly App[];
  readonly outcomesUsed: readonly (readonly [id: string, count: number])[];
  readonly nextOutcomes: readonly (readonly [id: string, outcomes: readonly AppOutcome[]])[];
}

/** The apps of the tenant by id. */
export class Apps {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #apps = new Map<string, App>();
  readonly #outcomesUsed = new Map<string, number>();
  readonly #nextOutcomes = new Map<string, readonly AppOutcome[]>();

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /**
   * Adds an app. If there is one with this id, this replaces the app's settings, and its list of outcomes begins again.
   */
  put(settings: AppSettings): App {
    const now = this.#clock.now();
    const known = this.#apps.get(settings.id);
    const app: App = {
      ...settings,
      itemId: known?.itemId ?? this.#chance.hexId(),
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      lastReloadAt: known?.lastReloadAt,
    };
    this.#apps.set(app.id, app);
    this.#outcomesUsed.delete(app.id);
    this.#nextOutcomes.delete(app.id);
    return app;
  }

  get(id: string): App | undefined {
    return this.#apps.get(id);
  }

  all(): readonly App[] {
    return [...this.#apps.values()];
  }

  /**
   * Sets how the app's next reloads end. After them, the outcomes of the app's settings continue. A later call replaces
   * what an earlier one has set.
   */
  setNextOutcomes(id: string, outcomes: readonly AppOutcome[]): void {
    this.#nextOutcomes.set(id, outcomes);
  }

  /** Draws how long the engine's next attempt takes, in ms. */
  drawDuration({ durationMs }: App): number {
    return typeof durationMs === 'number' ? durationMs : this.#chance.between(...durationMs);
  }

  /** The outcome that `takeOutcome` returns next. */
  nextOutcome(app: App): AppOutcome {
    const used = this.#outcomesUsed.get(app.id) ?? 0;
    const [next = app.outcomes[Math.min(used, app.outcomes.length - 1)]] = this.#nextOutcomes.get(app.id) ?? [];
    return next ?? 'succeeded';
  }

  /**
   * Takes the outcome of the app's next reload. Each outcome is used once, except the last one of the settings: it
   * stays in use.
   */
  takeOutcome(app: App): AppOutcome {
    const outcome = this.nextOutcome(app);
    const next = this.#nextOutcomes.get(app.id) ?? [];
    if (next.length > 0) this.#nextOutcomes.set(app.id, next.slice(1));
    else this.#outcomesUsed.set(app.id, (this.#outcomesUsed.get(app.id) ?? 0) + 1);
    return outcome;
  }

  saved(): SavedApps {
    return { apps: this.all(), outcomesUsed: [...this.#outcomesUsed], nextOutcomes: [...this.#nextOutcomes] };
  }

  restore({ apps, outcomesUsed, nextOutcomes }: SavedApps): void {
    for (const app of apps) this.#apps.set(app.id, app);
    for (const [id, count] of outcomesUsed) this.#outcomesUsed.set(id, count);
    for (const [id, outcomes] of nextOutcomes) this.#nextOutcomes.set(id, outcomes);
  }

  /** Notes that a reload of the app succeeded at `at` (epoch ms). */
  reloaded(id: string, at: number): void {
    const app = this.#apps.get(id);
    if (app !== undefined) this.#apps.set(id, { ...app, lastReloadAt: at });
  }
}
