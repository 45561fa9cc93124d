import { eventId } from './document-ids.ts';
import type { ReloadFinished } from './reload-finished.ts';

/**
 * The place of an event or order in its run. An event is a reload that ended. An order is a reload that Cascade owes. A run
 * begins with its root, which is an event that no order caused, or an order that a person gave. It has all that followed.
 */
export interface Descent {
  /** How many orders lead from the root to it: 0 for an event that is a root, 1 for an order by hand. */
  readonly hops: number;
  /** The id of the root's event document. An order by hand is its own root. */
  readonly root: string;
}

/** Where an order comes from. */
export interface Lineage extends Descent {
  /** What called for the order, usually a reload that ended: see `causeOf`. */
  readonly cause: string;
  /** Only if the order waited for several apps: the ends of the others, each as `causeOf` names it. */
  readonly others?: readonly string[];
  /**
   * True if the cause may be one of our reloads, but neither Qlik's record nor the document `started` says so. Then nobody
   * can count the hops. Instead, the starts of the app are counted (MAX_STARTS_PER_HOUR).
   */
  readonly areHopsUnsure?: true;
}

/** Qlik's type of a reload that was started by its API, as ours are. */
const BY_API = 'external';

/**
 * The place of an event in its run. It is the place of the order whose reload ended: the order that Qlik's record names
 * (`owner`), or the order that the document `started` names. If there is neither, the event is the root of a new run.
 *
 * @returns with `areHopsUnsure` if the event is a root and its reload was started by Qlik's API: it may be one of ours.
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
