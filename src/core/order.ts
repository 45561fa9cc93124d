/*
 * An order is a reload that Cascade owes. Its id is made of what called for it. So if the same thing calls twice, the
 * ids are equal, and only one order is created.
 */

import type { ReloadBody } from './link.ts';
import type { AppRef, ChainName, OrderId } from './names.ts';
import type { Policy } from './policy.ts';

/** A reload that Cascade owes, because another reload ended or a person asked for it. */
export interface ReloadOrder extends AppRef {
  readonly order: OrderId;
  readonly body: ReloadBody;
  readonly policy?: Policy;
  /** The chain whose link called for the order: it says that one app reloads after another. `by-hand` if a person did. */
  readonly chain: ChainName;
  /**
   * The hash of the definition (the compiled chains) whose link called for the order. Absent in an order by hand, without a
   * ledger (Cascade's memory), and from an earlier version.
   */
  readonly definition?: string;
}

/**
 * The id of an order, `order:<tenant>:<app>:<clause>:<cause>`. The same link and cause always give the same id.
 *
 * @param clause - the link's clause: see `Link`.
 * @param cause - see `causeOf`; for an order by hand `m.<activation id>`.
 */
export const orderId = (target: AppRef, clause: string, cause: string): OrderId =>
  `order:${target.tenant}:${target.appId}:${clause}:${cause}` as OrderId;

/**
 * The cause of an order for `target`: the id of the reload that ended; if that reload is of another tenant,
 * `<tenant>.<reloadId>`.
 */
export const causeOf = (event: { readonly tenant: string; readonly reloadId: string }, target: AppRef): string =>
  event.tenant === target.tenant ? event.reloadId : `${event.tenant}.${event.reloadId}`;

/** The `resourceId` that Qlik gets: the order's id and the number of the attempt, from 1. */
export const resourceIdOf = (order: OrderId, tryNumber: number): string => `${order}~${tryNumber}`;
