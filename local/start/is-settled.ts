import { type AppKey, appKey } from '../../src/core/names.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';

type Delivered = Extract<SeenReload, { kind: 'delivered' }>;

/** The ids of the activations that a webhook's answer says were started. */
export function activationsIn(answer: string): readonly string[] {
  try {
    const { orders } = JSON.parse(answer) as { orders?: readonly { activationId?: string }[] };
    return (orders ?? []).flatMap(({ activationId }) => (activationId === undefined ? [] : [activationId]));
  } catch {
    return [];
  }
}

/** What the activations of `reload` came to: the reload's id by the activation's; undefined if none was started. */
export type EndedActivations = ReadonlyMap<string, string | undefined>;

/**
 * Whether nothing more can happen by itself: every reload ended, its webhook was answered, every activation that an
 * answer told of is over, and the reload that it started is among those that ended.
 */
export function isSettled(
  reloads: readonly WatchedReload[],
  deliveries: readonly Delivered[],
  activations: EndedActivations,
): boolean {
  if (reloads.some(({ outcome }) => outcome === undefined)) return false;
  if (!isEach(countOf(reloads.map(appKey)), countOf(deliveries.map(({ app }) => appKey(app))))) return false;
  const known = new Set(reloads.map(({ reloadId }) => reloadId));
  return deliveries
    .flatMap(({ answer }) => activationsIn(answer))
    .every((id) => {
      const reloadId = activations.get(id);
      return activations.has(id) && (reloadId === undefined || known.has(reloadId));
    });
}

function countOf(keys: readonly AppKey[]): ReadonlyMap<AppKey, number> {
  const counts = new Map<AppKey, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const isEach = (wanted: ReadonlyMap<AppKey, number>, had: ReadonlyMap<AppKey, number>): boolean =>
  [...wanted].every(([key, count]) => (had.get(key) ?? 0) >= count);
