import { eventId } from './document-ids.ts';
import type { ReloadFinished } from './reload-finished.ts';

/**
 * The place of an event or order in its run. Cascade shows runs to people. It stops a run of more than MAX_HOPS orders
 * one after another, because its apps may reload each other for ever.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes. A run begins with its root: an event that no
 * order caused, or an order that a person gave. All that follows from the root belongs to the run.
 */
export interface Descent {
  /**
   * How many orders lead from the root to this event or order: 0 for an event that is a root, 1 for an order by hand.
   */
  readonly hops: number;
  /** The id of the root's document. */
  readonly root: string;
}

/** Where an order comes from. */
export interface Lineage extends Descent {
  /** What called for the order, usually a reload that ended: see `causeOf`. */
  readonly cause: string;
  /** Only if the order waited for several apps: the ends of the others, each as `causeOf` names it. */
  readonly others?: readonly string[];
  /**
   * True if the reload that ended was started by Qlik's API, and no order for it is found: not by Qlik's record, and
   * not by the document `started`. Cascade may have started it, so nobody can count the hops. Instead, Cascade counts
   * how often it starts the app (MAX_STARTS_PER_HOUR).
   */
  readonly areHopsUnsure?: true;
}

/** Qlik's type of a reload that was started by its API, as Cascade does it. */
const BY_API = 'external';

/**
 * Finds the place of an event in its run. It is the place of the order whose reload ended. If no order is known, the
 * event is the root of a new run.
 *
 * @param known - the place of the order that Qlik's record names (`owner`), and of the one that the document `started`
 *   names. That document says for which order Cascade started the reload.
 * @returns with `areHopsUnsure` if no order is known and the reload was started by Qlik's API, perhaps by Cascade.
 */
export function descentOf(
  event: ReloadFinished,
  { owner, started }: { readonly owner?: Descent | undefined; readonly started?: Descent | undefined },
): Descent & Pick<Lineage, 'areHopsUnsure'> {
  const known = owner ?? started;
  if (known !== undefined) return { hops: known.hops, root: known.root };
  const root = { hops: 0, root: eventId(event.tenant, event.reloadId) };
  return event.startedBy === BY_API ? { ...root, areHopsUnsure: true } : root;
}
