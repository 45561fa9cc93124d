import { eventId } from './document-ids.ts';
import type { ReloadFinished } from './reload-finished.ts';

/** How far something is from the event at the root of its run. */
export interface Descent {
  /** How many orders are between it and the root: 0 for an event that no order caused. */
  readonly hops: number;
  /** The id of the root's event document. An order by hand is its own root. */
  readonly root: string;
}

/** Where an order comes from. */
export interface Lineage extends Descent {
  /** What called for it: see `causeOf`. */
  readonly cause: string;
  /** Of a composite link: the other ends that it took, each as `causeOf` names it. */
  readonly others?: readonly string[];
  /** True if the cause may be one of our reloads, but neither an echo nor `started` says so. Then starts are counted. */
  readonly areHopsUnsure?: true;
}

/** Qlik's type of a reload that was started by its API, as ours are. */
const BY_API = 'external';

/**
 * Where an event stands in its run: by the order that Qlik echoes, else by `started`. An event without both is the root of a
 * new run.
 *
 * @returns `areHopsUnsure` for such an event if its reload was started by Qlik's API: it may be one of ours.
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
