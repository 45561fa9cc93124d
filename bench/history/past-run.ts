import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';

const UPSTREAM = { tenant: 'default', appId: '5a1e5000-0000-4000-8000-000000000001' };
const TARGET = { tenant: 'default', appId: '5a1e5000-0000-4000-8000-000000000002' };
const SECOND_MS = 1_000;

/** The documents of a run that is over: an end, the order that it called for, and the end of that order's reload. */
export function pastRun(name: string, index: number, beganAt: number): readonly NewDocument[] {
  const [cause, reloadId] = [`${name}-${index}-a`, `${name}-${index}-b`];
  const began = Math.floor(beganAt);
  const endedAt = began + 60 * SECOND_MS;
  const root = `event:default:${cause}`;
  const order = `order:default:${TARGET.appId}:s:${cause}`;
  const common = { schema: 1, traceId: '04a13ab81013dad867976ec8d9eaf786' };
  const event = { ...common, type: 'event', outcome: 'succeeded', partial: false, source: 'webhook', skips: [] };
  return [
    {
      ...{ _id: root, ...event, ...UPSTREAM, reloadId: cause, startedBy: 'chronos' },
      ...{ endedAt: began, storedAt: began, resolvedAt: began + SECOND_MS },
    },
    {
      ...{ _id: order, ...common, type: 'order', ...TARGET, chain: 'bench', state: 'ended', body: {} },
      ...{ causes: [cause], hops: 1, root, try: 1, claims: 1, reloadId, isCertain: true, ends: [reloadId] },
      ...{ outcome: 'succeeded', createdAt: began, postedAt: began + SECOND_MS, endedAt },
    },
    {
      ...{ _id: `started:default:${reloadId}`, schema: 1, type: 'started', order, also: [], isGuess: false },
      ...{ hops: 1, root },
    },
    {
      ...{ _id: `event:default:${reloadId}`, ...event, ...TARGET, reloadId, startedBy: 'external', orderId: order },
      ...{ endedAt, storedAt: endedAt, resolvedAt: endedAt + SECOND_MS },
    },
  ];
}
