import type { ReloadBody } from './link.ts';
import type { AppRef, ChainName, OrderId } from './names.ts';

/** One reload that we owe, called for by the end of another. */
export interface ReloadOrder extends AppRef {
  readonly order: OrderId;
  readonly body: ReloadBody;
  /** The chain whose link called for it. */
  readonly chain: ChainName;
}

/**
 * The id of an order, made of content alone, so that the same link and cause give the same id whoever computes it:
 * `order:<tenant>:<app>:<clause>:<cause>`.
 *
 * @param clause - `s` for a plain link, the link's own `name` when its file gives one.
 * @param cause - what called for it: see `causeOf`; by hand `m.<activation id>`.
 */
export const orderId = (target: AppRef, clause: string, cause: string): OrderId =>
  `order:${target.tenant}:${target.appId}:${clause}:${cause}` as OrderId;

/** The cause of an order for `target`: the reload id whose end called for it; of another tenant `<tenant>.<reloadId>`. */
export const causeOf = (event: { readonly tenant: string; readonly reloadId: string }, target: AppRef): string =>
  event.tenant === target.tenant ? event.reloadId : `${event.tenant}.${event.reloadId}`;

/** What Qlik gets as `resourceId`: the order's id and the number of the try, from 1. */
export const resourceIdOf = (order: OrderId, tryNumber: number): string => `${order}~${tryNumber}`;
