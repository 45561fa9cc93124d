import type { BatchEvent } from '../../src/contracts/batch.ts';
import type { OrderId } from '../../src/core/names.ts';
import { roomFor } from '../../src/core/payload.ts';

/** Together 400 kB: the next steps make more of a batch than it is, and OpenWhisk takes 1 MB of them. */
const EVENTS = { most: 200, mostBytes: 320_000 } as const;
const ORDERS = { most: 500, mostBytes: 80_000 } as const;

/** The room of one batch, for its events and its orders each; what finds none is due, and comes with the next sweep. */
export interface BatchRoom {
  readonly events: readonly BatchEvent[];
  readonly orders: readonly OrderId[];
  addEvent(event: BatchEvent): void;
  addOrder(order: OrderId): void;
  /** Whether there is no use in more of either. */
  isFull(): boolean;
}

/** An empty batch. */
export function batchRoom(): BatchRoom {
  const events = room<BatchEvent>(EVENTS);
  const orders = room<OrderId>(ORDERS);
  return {
    events: events.items,
    orders: orders.items,
    addEvent: events.add,
    addOrder: orders.add,
    isFull: () => events.isFull() && orders.isFull(),
  };
}

function room<T>({ most, mostBytes }: { readonly most: number; readonly mostBytes: number }) {
  const items: T[] = [];
  const take = roomFor(mostBytes);
  let isFull = false;
  return {
    items,
    isFull: () => isFull,
    add(item: T): void {
      const taken = items.length < most ? take([item]) : [];
      items.push(...taken);
      isFull ||= taken.length === 0;
    },
  };
}
