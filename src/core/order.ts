/*
 * An order is a reload that Cascade owes. This file makes its id of what called for it. So if a webhook comes twice,
 * the order has the same id both times, and the ledger (Cascade's memory) takes it only once.
 */

import type { ReloadBody } from './link.ts';
import type { AppRef, ChainName, OrderId } from './names.ts';
import type { Policy } from './policy.ts';

/** A reload that Cascade owes, because another reload ended or a person asked for it. */
export interface ReloadOrder extends AppRef {
  readonly order: OrderId;
  readonly body: ReloadBody;
  readonly policy?: Policy;
  /**
   * The chain (file) whose link called for the order. A link says that one app follows another. `by-hand` if a person
   * called for it.
   */
  readonly chain: ChainName;
  /**
   * The hash of the definition (the compiled chains) whose link called for the order. Absent in an order by hand,
   * in an order of an earlier version, and if there is no ledger.
   */
  readonly definition?: string;
}

/**
 * The id of an order, `order:<tenant>:<app>:<clause>:<cause>`. The same link and cause always give the same id.
 *
 * @param clause - tells apart the links that call for the same app after the same end: see `Link`. By hand: `s`.
 * @param cause - what `causeOf` makes; for an order by hand `m.<activation id>`, for a replay `r1.<cause>` and so on.
 */
export const orderId = (target: AppRef, clause: string, cause: string): OrderId =>
  `order:${target.tenant}:${target.appId}:${clause}:${cause}` as OrderId;

/**
 * The cause of an order for `target`: the id of the reload that ended; if that reload is of another tenant,
 * `<tenant>.<reloadId>`.
 */
export const causeOf = (event: { readonly tenant: string; readonly reloadId: string }, target: AppRef): string =>
  event.tenant === target.tenant ? event.reloadId : `${event.tenant}.${event.reloadId}`;

/**
 * The `resourceId` that Qlik gets: the order's id and the number of the attempt, from 1. Cascade may start a failed
 * reload again, and some tenants give this text back. Then Cascade knows its reloads by it.
 */
export const resourceIdOf = (order: OrderId, tryNumber: number): string => `${order}~${tryNumber}`;
