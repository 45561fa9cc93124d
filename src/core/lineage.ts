import { eventId } from './document-ids.ts';
import type { ReloadFinished } from './reload-finished.ts';

/** How far something is from the event at the root of its run. */
export interface Descent {
  /** Orders between it and the root: 0 for an event that no order caused. */
  readonly hops: number;
  /** The id of the root's event document; of an order by hand its own id. */
  readonly root: string;
}

/** Where an order comes from, decided by whoever resolves its cause. */
export interface Lineage extends Descent {
  /** What called for it: see `causeOf`. */
  readonly cause: string;
  /** Of a composite link: the other ends that it took, each as `causeOf` names it. */
  readonly others?: readonly string[];
  /** True if the cause may be a reload of ours that nothing tells: no echo, no `started`. The rate guard then holds. */
  readonly areHopsUnsure?: true;
}

/** Qlik's type of a reload that came by its API, as all of ours do. */
const BY_API = 'external';

/**
 * Where an event stands in its run. The order that Qlik echoes tells best, then what `started` remembers; an event that
 * neither knows is the root of a run of its own.
 *
 * @returns `areHopsUnsure` if nothing is known of a reload that came by Qlik's API: it may be one of ours.
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
