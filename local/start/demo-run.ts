/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud and the example chains. With
 * `--once` it ends when the examples have run, and its exit code says whether they ran as they must. This file knows
 * which reloads the examples must cause, and compares them with those that happened.
 */

import type { ActivationRecord } from '../host/activations.ts';
import { awaitsAttempt, isSettled } from './is-settled.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';
import type { Done, HappenedReload } from './reporter.ts';

/** Watches the example chains run, and knows when nothing more can happen. */
export class DemoRun {
  /** The activations (runs of actions) that have ended, by id, each with the id of the reload that it started. */
  readonly #activations = new Map<string, string | undefined>();
  /** The webhooks that the tenants sent, each with its answer. */
  readonly #deliveries: Extract<SeenReload, { kind: 'delivered' }>[] = [];
  /** The answers of the sweeps, as text. A sweep takes up what was left undone. */
  readonly #sweeps: string[] = [];
  readonly #reloads: () => readonly WatchedReload[];
  /** How many first apps (`DEMO_FIRST`) were reloaded. */
  #started = Number.POSITIVE_INFINITY;

  /** @param reloads - returns the reloads since this `npm start` began. */
  constructor(reloads: () => readonly WatchedReload[]) {
    this.#reloads = reloads;
  }

  /** Notes how many first apps were reloaded. Before this call the examples do not count as over. */
  started(count: number): void {
    this.#started = count;
  }

  /** Notes an activation that has ended. */
  activationEnded({ name, activationId, response }: ActivationRecord): void {
    const { reloadId, body } = (response.result ?? {}) as { reloadId?: unknown; body?: unknown };
    if (name === 'sweep' && body !== undefined) this.#sweeps.push(JSON.stringify(body));
    this.#activations.set(activationId, typeof reloadId === 'string' ? reloadId : undefined);
  }

  /** Notes an entry of a tenant's journal (its list of what happened). */
  seen(seen: SeenReload): void {
    if (seen.kind === 'delivered') this.#deliveries.push(seen);
  }

  /** Whether the reloads of all first apps, and all reloads that followed, have ended. */
  get isOver(): boolean {
    const reloads = this.#reloads();
    return reloads.length >= this.#started && isSettled(reloads, this.#deliveries, this.#sweeps, this.#activations);
  }

  /** Whether a reload has failed and gets a further attempt. Only a sweep starts that attempt. */
  get awaitsSweep(): boolean {
    return awaitsAttempt(this.#reloads(), [...this.#deliveries.map(({ answer }) => answer), ...this.#sweeps]);
  }

  /**
   * Compares the reloads that happened with those that the examples must cause.
   *
   * @param isOver - false if the time was up before everything had ended.
   * @param ledger - whether there is a ledger (Cascade's memory).
   * @param others - sentences about what else went wrong.
   */
  result(isOver: boolean, ledger: boolean, others: readonly string[] = []): Done {
    const reloads = this.#reloads().flatMap(({ app, appId, outcome, after }) =>
      outcome === undefined ? [] : [{ app, appId, outcome, after }],
    );
    const late = isOver ? [] : ['The examples did not come to an end in time.'];
    const problems = [...late, ...differences(demoReloads(ledger), reloads), ...others];
    return { ok: problems.length === 0, reloads, problems };
  }
}

const textOf = ({ app, outcome, after }: DemoReload): string =>
  `${app} ${outcome}${after.length === 0 ? '' : ` after ${after.join(' or ')}`}`;

/** The differences between two lists of reloads, in words. Their order does not matter. */
function differences(wanted: readonly DemoReload[], had: readonly HappenedReload[]): readonly string[] {
  const extra = [...had];
  const missing: DemoReload[] = [];
  for (const each of wanted) {
    const index = extra.findIndex((happened) => isSame(each, happened));
    if (index < 0) missing.push(each);
    else extra.splice(index, 1);
  }
  const listed = extra.map(({ after, ...rest }) => ({ ...rest, after: after === null ? [] : [after] }));
  return [...missing.map((each) => `Missing: ${textOf(each)}`), ...listed.map((each) => `Not listed: ${textOf(each)}`)];
}

const isSame = (wanted: DemoReload, { app, outcome, after }: HappenedReload): boolean =>
  wanted.app === app &&
  wanted.outcome === outcome &&
  (after === null ? wanted.after.length === 0 : wanted.after.includes(after));

/** The apps of the example chains that `npm start` reloads first, as their schedules would. */
export const DEMO_FIRST: readonly string[] = ['sales/extract', 'stock/import'];

/** The apps whose reloads fail in the demonstration. */
export const DEMO_FAILS: readonly string[] = ['stock/import'];

/**
 * The apps whose first attempt fails in the demonstration, and whose second succeeds. Only a ledger allows a second
 * attempt.
 */
export const DEMO_FAILS_ONCE: readonly string[] = ['board/figures'];

/** One reload that must happen. */
export interface DemoReload extends Omit<HappenedReload, 'after'> {
  /**
   * The apps that this app follows. If the app waits for several, any of these may be the last one to end. Empty for a
   * first app.
   */
  readonly after: readonly string[];
}

const WITHOUT_LEDGER: readonly DemoReload[] = [
  { app: 'sales/extract', outcome: 'succeeded', after: [] },
  { app: 'sales/transform', outcome: 'succeeded', after: ['sales/extract'] },
  { app: 'sales/report', outcome: 'succeeded', after: ['sales/transform'] },
  { app: 'sales/forecast', outcome: 'succeeded', after: ['sales/transform'] },
  { app: 'sales/mail-list', outcome: 'succeeded', after: ['sales/transform'] },
  { app: 'stock/import', outcome: 'failed', after: [] },
  { app: 'stock/repair', outcome: 'succeeded', after: ['stock/import'] },
  { app: 'stock/log', outcome: 'succeeded', after: ['stock/import'] },
  { app: 'stock/exceptions', outcome: 'succeeded', after: ['stock/repair'] },
];

/** The apps for which `board/figures` waits. */
const AFTER_ALL = ['sales/report', 'sales/forecast', 'stock/log'];

/**
 * The reloads that the examples in `chains/` must cause. Without a ledger there are fewer: no link can wait for several
 * apps then.
 */
export const demoReloads = (ledger: boolean): readonly DemoReload[] =>
  ledger
    ? [
        ...WITHOUT_LEDGER,
        { app: 'board/figures', outcome: 'failed', after: AFTER_ALL },
        { app: 'board/figures', outcome: 'succeeded', after: AFTER_ALL },
        { app: 'board/slides', outcome: 'succeeded', after: ['board/figures'] },
      ]
    : WITHOUT_LEDGER;
