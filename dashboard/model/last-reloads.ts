import { type AppRef, appKey } from '../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { ownersOf } from '../../src/core/runs/group-runs.ts';
import { type MarkState, nodeState } from './mark.ts';

/** One of an app's last reloads, and how it ended. */
export interface LastReload {
  readonly event: EventFact;
  readonly state: MarkState;
}

/** How many reloads of an app the page shows beside its graph. */
const SHOWN = 5;

/**
 * Finds the last 5 reloads of an app that have ended, the latest first. The panel of an app shows them.
 *
 * @param orders - orders (reloads that Cascade owes or owed): they say which reloads ran too long.
 */
export function lastReloads(
  app: AppRef,
  events: Iterable<EventFact>,
  orders: Iterable<OrderFact>,
): readonly LastReload[] {
  const key = appKey(app);
  const ownerOf = ownersOf([...orders].filter((order) => appKey(order) === key));
  return [...events]
    .filter((event) => appKey(event) === key)
    .sort((a, b) => b.endedAt - a.endedAt)
    .slice(0, SHOWN)
    .map((event) => {
      const order = ownerOf(event);
      return { event, state: nodeState({ event, ...(order !== undefined && { order }) }) };
    });
}
