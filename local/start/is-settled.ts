import { groupBy } from '../../src/core/chains/group-by.ts';
import { appKey } from '../../src/core/names.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';

type Delivered = Extract<SeenReload, { kind: 'delivered' }>;

/** The ids of the activations that the answer to a webhook lists as started. */
export function activationsIn(answer: string): readonly string[] {
  try {
    const { orders } = JSON.parse(answer) as { orders?: readonly { activationId?: string }[] };
    return (orders ?? []).flatMap(({ activationId }) => (activationId === undefined ? [] : [activationId]));
  } catch {
    return [];
  }
}

/** The reload that each activation of `reload` started, by the activation's id; undefined if it started none. */
export type EndedActivations = ReadonlyMap<string, string | undefined>;

/**
 * Whether nothing more can happen by itself: every reload has ended, its webhook was answered, every activation in such an
 * answer is over, and the reload that the activation started is among these.
 */
export function isSettled(
  reloads: readonly WatchedReload[],
  deliveries: readonly Delivered[],
  activations: EndedActivations,
): boolean {
  if (reloads.some(({ outcome }) => outcome === undefined)) return false;
  const delivered = groupBy(deliveries, ({ app }) => appKey(app));
  for (const [key, ofApp] of groupBy(reloads, appKey)) {
    if (ofApp.length > (delivered.get(key)?.length ?? 0)) return false;
  }
  const known = new Set(reloads.map(({ reloadId }) => reloadId));
  return deliveries
    .flatMap(({ answer }) => activationsIn(answer))
    .every((id) => {
      const reloadId = activations.get(id);
      return activations.has(id) && (reloadId === undefined || known.has(reloadId));
    });
}
