/*
 * OpenWhisk limits how many bytes an action may get. If one app had too many or too large followers, Cascade could not
 * start them. So `cascade check` already finds such apps, with this file.
 *
 * An event is the end of a reload. An order is a reload that Cascade owes because of an event. A root is the event or
 * order with which a run of reloads began.
 */

import { groupBy } from '../group-by.ts';
import type { Lineage } from '../lineage.ts';
import type { Link } from '../link.ts';
import { type AppKey, appKey, appOfKey, type TenantName } from '../names.ts';
import { causeOf, orderId, type ReloadOrder } from '../order.ts';
import { FOLLOWERS_BYTES, jsonBytes } from '../payload.ts';
import { LONGEST_RELOAD_ID } from '../webhook/event-fields.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { errorAt, type Problem } from './problem.ts';
import type { PlacedLink } from './read-links.ts';

/**
 * Finds apps after which so much follows that the orders may not fit into one payload. The resolver (the action that
 * decides what follows) could then make no plan for their ends. The sizes are for the longest ids that are possible.
 */
export function checkSizes(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  const byUpstream = groupBy(links, ({ link }) => appKey(link.after));
  return [...byUpstream.values()].flatMap((following) => {
    const size = following.reduce((sum, { link }) => sum + mostBytesOf(link), 0);
    const last = following.at(-1);
    return size <= FOLLOWERS_BYTES || last === undefined ? [] : [tooLarge(last, following.length, size, index)];
  });
}

/**
 * The longest id of a run's root, in characters, rounded up. The longest is that of an order by hand. Its parts have at
 * most so many characters: `order:<40>:<64>:<40>:m.<64>`.
 */
const LONGEST_ROOT = 220;

/** The hash of the compiled chains, which an order has: 16 hex digits. */
const LONGEST_DEFINITION = 'f'.repeat(16);

/**
 * The most bytes that a link's order can have in a plan: with the longest reload id, the longest root, and the most
 * hops (orders since the root) that the setting MAX_HOPS allows, 10,000.
 */
function mostBytesOf({ chain, after, target, clause, body, policy, join }: Link): number {
  const causeIn = (tenant: TenantName): string => causeOf({ tenant, reloadId: 'r'.repeat(LONGEST_RELOAD_ID) }, target);
  const cause = causeIn(after.tenant);
  const upstreams = Object.keys(join?.of ?? {}) as AppKey[];
  const others = upstreams.filter((key) => key !== appKey(after)).map((key) => causeIn(appOfKey(key).tenant));
  const lineage: Lineage = { cause, others, hops: 10_000, root: 'r'.repeat(LONGEST_ROOT), areHopsUnsure: true };
  const order: ReloadOrder = {
    order: orderId(target, clause, cause),
    ...target,
    body,
    ...(policy && { policy }),
    chain,
    definition: LONGEST_DEFINITION,
  };
  return jsonBytes({ ...order, lineage });
}

const tooLarge = ({ link, place }: PlacedLink, count: number, size: number, index: AppIndex): Problem =>
  errorAt(
    place,
    'PAYLOAD_TOO_LARGE',
    `The ${count} links after ${nameOf(link.after, link.chain, index)} can make ${size} bytes of orders; ${FOLLOWERS_BYTES} travel at once. ` +
      'Use fewer or shorter variables, or put an app between.',
  );
