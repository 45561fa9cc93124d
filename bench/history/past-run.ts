import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { type AppId, type AppRef, DEFAULT_TENANT } from '../../src/core/names.ts';

const UPSTREAM: AppRef = { tenant: DEFAULT_TENANT, appId: '5a1e5000-0000-4000-8000-000000000001' as AppId };
const TARGET: AppRef = { tenant: DEFAULT_TENANT, appId: '5a1e5000-0000-4000-8000-000000000002' as AppId };
const SECOND_MS = 1_000;

/** The documents of a finished run: an end, the order that it called for, and the end of that order's reload. */
export function pastRun(
  name: string,
  index: number,
  beganAt: number,
  [upstream, target]: readonly [AppRef, AppRef] = [UPSTREAM, TARGET],
): readonly NewDocument[] {
  const [cause, reloadId] = [`${name}-${index}-a`, `${name}-${index}-b`];
  const began = Math.floor(beganAt);
  const endedAt = began + 60 * SECOND_MS;
  const root = `event:default:${cause}`;
  const order = `order:default:${target.appId}:s:${cause}`;
  const common = { schema: 1, traceId: '04a13ab81013dad867976ec8d9eaf786' };
  const event = { ...common, type: 'event', outcome: 'succeeded', partial: false, source: 'webhook', skips: [] };
  return [
    {
      ...{ _id: root, ...event, ...upstream, reloadId: cause, startedBy: 'chronos' },
      ...{ endedAt: began, storedAt: began, resolvedAt: began + SECOND_MS },
    },
    {
      ...{ _id: order, ...common, type: 'order', ...target, chain: 'bench', state: 'ended', body: {} },
      ...{ causes: [cause], hops: 1, root, try: 1, claims: 1, reloadId, isCertain: true, ends: [reloadId] },
      ...{ outcome: 'succeeded', createdAt: began, postedAt: began + SECOND_MS, endedAt },
    },
    {
      ...{ _id: `started:default:${reloadId}`, schema: 1, type: 'started', order, also: [], isGuess: false },
      ...{ hops: 1, root },
    },
    {
      ...{ _id: `event:default:${reloadId}`, ...event, ...target, reloadId, startedBy: 'external', orderId: order },
      ...{ endedAt, storedAt: endedAt, resolvedAt: endedAt + SECOND_MS },
    },
  ];
}
