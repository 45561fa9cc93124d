import type { ActivationRecord } from '../host/activations.ts';
import { awaitsAttempt, isSettled } from './is-settled.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';
import type { Done, HappenedReload } from './reporter.ts';

/** Follows the examples until nothing more can happen. */
export class DemoRun {
  readonly #activations = new Map<string, string | undefined>();
  readonly #deliveries: Extract<SeenReload, { kind: 'delivered' }>[] = [];
  /** The sweeps' answers. */
  readonly #sweeps: string[] = [];
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
  activationEnded({ name, activationId, response }: ActivationRecord): void {
    const { reloadId, body } = (response.result ?? {}) as { reloadId?: unknown; body?: unknown };
    if (name === 'sweep' && body !== undefined) this.#sweeps.push(JSON.stringify(body));
    this.#activations.set(activationId, typeof reloadId === 'string' ? reloadId : undefined);
  }

  /** Notes what was read from a tenant's journal. */
  seen(seen: SeenReload): void {
    if (seen.kind === 'delivered') this.#deliveries.push(seen);
  }

  /** Whether every first app's reload, and all that followed, is over. */
  get isOver(): boolean {
    const reloads = this.#reloads();
    return reloads.length >= this.#started && isSettled(reloads, this.#deliveries, this.#sweeps, this.#activations);
  }

  /** Whether a further attempt of a reload comes, which only a sweep starts. */
  get awaitsSweep(): boolean {
    return awaitsAttempt(this.#reloads(), [...this.#deliveries.map(({ answer }) => answer), ...this.#sweeps]);
  }

  /** Compares what happened with what the examples must do, with or without a ledger. */
  result(isOver: boolean, ledger: boolean): Done {
    const reloads = this.#reloads().flatMap(({ app, appId, outcome, after }) =>
      outcome === undefined ? [] : [{ app, appId, outcome, after }],
    );
    const late = isOver ? [] : ['The examples did not come to an end in time.'];
    const problems = [...late, ...differences(demoReloads(ledger), reloads)];
    return { ok: problems.length === 0, reloads, problems };
  }
}

const textOf = ({ app, outcome, after }: DemoReload): string =>
  `${app} ${outcome}${after.length === 0 ? '' : ` after ${after.join(' or ')}`}`;

/** What differs between two lists of reloads, in words. The order of a list does not matter. */
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

/** The apps of the example chains that are reloaded first, as if their schedules were due. */
export const DEMO_FIRST: readonly string[] = ['sales/extract', 'stock/import'];

/** The apps whose reloads fail in the demonstration. */
export const DEMO_FAILS: readonly string[] = ['stock/import'];

/** The apps whose first reload fails in the demonstration, if there is a ledger: the next attempt succeeds. */
export const DEMO_FAILS_ONCE: readonly string[] = ['board/figures'];

/** One reload that must happen. */
export interface DemoReload extends Omit<HappenedReload, 'after'> {
  /** The apps one of whose ends calls for it: several if it waits for all of them. None if it is started otherwise. */
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

const AFTER_ALL = ['sales/report', 'sales/forecast', 'stock/log'];

/** What the examples in `chains/` must do, no more and no less. Without a ledger no link waits for several apps. */
export const demoReloads = (ledger: boolean): readonly DemoReload[] =>
  ledger
    ? [
        ...WITHOUT_LEDGER,
        { app: 'board/figures', outcome: 'failed', after: AFTER_ALL },
        { app: 'board/figures', outcome: 'succeeded', after: AFTER_ALL },
        { app: 'board/slides', outcome: 'succeeded', after: ['board/figures'] },
      ]
    : WITHOUT_LEDGER;
