import type { ActivationRecord } from '../host/activations.ts';
import { isSettled } from './is-settled.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';
import type { Done, HappenedReload } from './reporter.ts';

/** Follows the examples' run until nothing more can happen. */
export class DemoRun {
  readonly #activations = new Map<string, string | undefined>();
  readonly #deliveries: Extract<SeenReload, { kind: 'delivered' }>[] = [];
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
  seen(seen: SeenReload): void {
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

const textOf = ({ app, outcome, after }: HappenedReload): string =>
  `${app} ${outcome}${after === null ? '' : ` after ${after}`}`;

/**
 * What differs between the reloads that had to happen and those that did, in words; empty if they are exactly the same,
 * in any order, each as often.
 */
export function compareReloads(wanted: readonly HappenedReload[], had: readonly HappenedReload[]): readonly string[] {
  const extra = had.map(textOf);
  const missing: string[] = [];
  for (const text of wanted.map(textOf)) {
    const index = extra.indexOf(text);
    if (index < 0) missing.push(text);
    else extra.splice(index, 1);
  }
  return [...missing.map((text) => `Missing: ${text}`), ...extra.map((text) => `Not listed: ${text}`)];
}

/** The apps of the example chains that are reloaded first, as if their schedules were due. */
export const DEMO_FIRST: readonly string[] = ['sales/extract', 'stock/import'];

/** The apps whose reloads fail in the demonstration. */
export const DEMO_FAILS: readonly string[] = ['stock/import'];

/** What the examples in `chains/` must do, no more and no less; written by hand. */
export const DEMO_RELOADS: readonly HappenedReload[] = [
  { app: 'sales/extract', outcome: 'succeeded', after: null },
  { app: 'sales/transform', outcome: 'succeeded', after: 'sales/extract' },
  { app: 'sales/report', outcome: 'succeeded', after: 'sales/transform' },
  { app: 'sales/forecast', outcome: 'succeeded', after: 'sales/transform' },
  { app: 'sales/mail-list', outcome: 'succeeded', after: 'sales/transform' },
  { app: 'stock/import', outcome: 'failed', after: null },
  { app: 'stock/repair', outcome: 'succeeded', after: 'stock/import' },
  { app: 'stock/log', outcome: 'succeeded', after: 'stock/import' },
  { app: 'stock/exceptions', outcome: 'succeeded', after: 'stock/repair' },
];
