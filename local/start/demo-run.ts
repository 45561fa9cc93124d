import type { ActivationRecord } from '../host/activations.ts';
import { compareReloads } from './compare-reloads.ts';
import { DEMO_RELOADS, type HappenedReload } from './demo.ts';
import { isSettled } from './is-settled.ts';
import type { Seen, WatchedReload } from './reload-watch.ts';
import type { Done } from './reporter.ts';

/** Follows the examples' run until nothing more can happen. */
export class DemoRun {
  readonly #activations = new Map<string, string | undefined>();
  readonly #deliveries: Extract<Seen, { kind: 'delivered' }>[] = [];
  readonly #reloads: () => readonly WatchedReload[];
  #started = Number.POSITIVE_INFINITY;

  constructor(reloads: () => readonly WatchedReload[]) {
    this.#reloads = reloads;
  }

  /** Notes how many first apps were started; until then nothing is over. */
  started(count: number): void {
    this.#started = count;
  }

  /** Notes an activation that is over. */
  activationEnded({ activationId, response }: ActivationRecord): void {
    const { reloadId } = (response.result ?? {}) as { reloadId?: unknown };
    this.#activations.set(activationId, typeof reloadId === 'string' ? reloadId : undefined);
  }

  /** Notes what a tenant told. */
  seen(seen: Seen): void {
    if (seen.kind === 'delivered') this.#deliveries.push(seen);
  }

  /** Whether every first app's reload, and all that followed, is over. */
  get isOver(): boolean {
    const reloads = this.#reloads();
    return reloads.length >= this.#started && isSettled(reloads, this.#deliveries, this.#activations);
  }

  /** What happened, beside what had to. */
  result(isOver: boolean): Done {
    const ended = this.#reloads().flatMap(({ app, appId, outcome, after }) =>
      outcome === undefined ? [] : [{ app, appId, outcome, after }],
    );
    const late = isOver ? [] : ['The examples did not come to an end in time.'];
    const problems = [...late, ...compareReloads(DEMO_RELOADS, ended satisfies readonly HappenedReload[])];
    return { ok: problems.length === 0, reloads: ended, problems };
  }
}
