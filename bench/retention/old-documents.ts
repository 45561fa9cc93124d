import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { days } from '../../src/core/units.ts';
import { rowApp } from '../ledger/row-chains.ts';

const [UPSTREAM, TARGET] = [rowApp(0), rowApp(1)];
/** How many runs in a hundred are younger than the retention of 30 days. */
export const KEPT_PER_CENT = 10;

/** Whether the `index`-th run is one of those that are kept. */
export const isKept = (index: number): boolean => index % 100 < KEPT_PER_CENT;

/**
 * The documents of a finished run: an event, the order that it called for, and the document that names the order of its
 * reload.
 */
export function finishedRun(index: number, now: number): readonly NewDocument[] {
  const at = now - days(isKept(index) ? 5 : 40) - index;
  const [cause, reloadId] = [`bench-c${index}`, `bench-r${index}`];
  const [root, order] = [`event:default:${cause}`, `order:default:${TARGET.appId}:s:${cause}`];
  return [
    {
      ...{ _id: root, schema: 1, type: 'event', ...UPSTREAM, reloadId: cause, outcome: 'succeeded', endedAt: at },
      ...{ partial: false, startedBy: 'chronos', eventId: `e-${cause}`, source: 'webhook', traceId: cause },
      ...{ storedAt: at, resolvedAt: at, skips: [] },
    },
    {
      ...{ _id: order, schema: 1, type: 'order', ...TARGET, chain: 'row', state: 'ended', body: {}, causes: [cause] },
      ...{
        hops: 1,
        root,
        traceId: cause,
        try: 1,
        claims: 1,
        owner: cause,
        reloadId,
        isCertain: true,
        ends: [reloadId],
      },
      ...{ outcome: 'succeeded', createdAt: at, postedAt: at, endedAt: at },
    },
    {
      ...{ _id: `started:default:${reloadId}`, schema: 1, type: 'started', order, also: [], isGuess: false },
      ...{ hops: 1, root },
    },
  ];
}
