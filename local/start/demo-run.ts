import type { ActivationRecord } from '../host/activations.ts';
import { isSettled } from './is-settled.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';
import type { Done, HappenedReload } from './reporter.ts';

/** Follows the examples until nothing more can happen. */
export class DemoRun {
  readonly #activations = new Map<string, string | undefined>();
  readonly #deliveries: Extract<SeenReload, { kind: 'delivered' }>[] = [];
  readonly #reloads: () => readonly WatchedReload[];
  #started = Number.POSITIVE_INFINITY;

  /** @param reloads - the reloads since `npm start` began. */
  constructor(reloads: () => readonly WatchedReload[]) {
    this.#reloads = reloads;
  }

  /** Notes how many first apps were started. Until then nothing is over. */
  started(count: number): void {
    this.#started = count;
  }

  /** Notes an activation that is over. */
  activationEnded({ activationId, response }: ActivationRecord): void {
    const { reloadId } = (response.result ?? {}) as { reloadId?: unknown };
    this.#activations.set(activationId, typeof reloadId === 'string' ? reloadId : undefined);
  }

  /** Notes what was read from a tenant's journal. */
  seen(seen: SeenReload): void {
    if (seen.kind === 'delivered') this.#deliveries.push(seen);
  }

  /** Whether every first app's reload, and all that followed, is over. */
  get isOver(): boolean {
    const reloads = this.#reloads();
    return reloads.length >= this.#started && isSettled(reloads, this.#deliveries, this.#activations);
  }

  /** Compares what happened with what the examples must do. */
  result(isOver: boolean): Done {
    const reloads = this.#reloads().flatMap(({ app, appId, outcome, after }) =>
      outcome === undefined ? [] : [{ app, appId, outcome, after }],
    );
    const late = isOver ? [] : ['The examples did not come to an end in time.'];
    const problems = [...late, ...differences(DEMO_RELOADS, reloads)];
    return { ok: problems.length === 0, reloads, problems };
  }
}

const textOf = ({ app, outcome, after }: HappenedReload): string =>
  `${app} ${outcome}${after === null ? '' : ` after ${after}`}`;

/** What differs between two lists of reloads, in words. The order of a list does not matter. */
function differences(wanted: readonly HappenedReload[], had: readonly HappenedReload[]): readonly string[] {
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

/** What the examples in `chains/` must do, no more and no less. */
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
