import type { OrderId } from '../names.ts';
import { clipped } from '../outside-text.ts';

const OUR_RESOURCE_ID = /^(order:.+)~\d+$/;
const LONGEST_RESOURCE_ID = 500;

/** The order that a `resourceId` of ours names, without its `~try`; nothing if it is none of ours. */
export function toldOrder(resourceId: string | undefined): { orderId?: OrderId } {
  const order = OUR_RESOURCE_ID.exec(clipped(resourceId ?? '', LONGEST_RESOURCE_ID))?.[1];
  return order === undefined ? {} : { orderId: order as OrderId };
}
