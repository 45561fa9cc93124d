/*
 * The collector is the first action of the sweep, which runs every 5 minutes. It passes what it found to the resolver
 * in a batch. OpenWhisk limits how large a batch may be. This file counts the room that is left.
 */

import type { BatchEvent, Slot } from '../../src/contracts/batch.ts';
import type { OrderId } from '../../src/core/names.ts';
import { roomFor } from '../../src/core/payload.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';

/** The room for each kind of item, together 620 kB: the next steps add to a batch, and OpenWhisk takes at most 1 MB. */
const EVENTS = { most: 200, mostBytes: 320_000 } as const;
const ORDERS = { most: 500, mostBytes: 80_000 } as const;
const UNRECORDED = { most: 200, mostBytes: 100_000 } as const;
const OWING = { most: 500, mostBytes: 60_000 } as const;
const SLOTS = { most: 500, mostBytes: 60_000 } as const;

/** The room for one kind of item. An item for which there is no room stays due, and a later sweep takes it. */
export interface Room<T> {
  readonly items: readonly T[];
  add(item: T): void;
  /** Whether an item found no room. */
  isFull(): boolean;
}

/** What one batch has room for. */
export interface BatchRoom {
  readonly events: Room<BatchEvent>;
  readonly orders: Room<OrderId>;
  readonly slots: Room<Slot>;
  readonly unrecorded: Room<ReloadFinished>;
  /** Documents that owe notices. */
  readonly owing: Room<string>;
}

/** An empty batch. */
export const batchRoom = (): BatchRoom => ({
  events: room(EVENTS),
  orders: room(ORDERS),
  slots: room(SLOTS),
  unrecorded: room(UNRECORDED),
  owing: room(OWING),
});

function room<T>({ most, mostBytes }: { readonly most: number; readonly mostBytes: number }): Room<T> {
  const items: T[] = [];
  const take = roomFor(mostBytes);
  let isFull = false;
  return {
    items,
    isFull: () => isFull,
    add(item) {
      const taken = items.length < most ? take([item]) : [];
      items.push(...taken);
      isFull ||= taken.length === 0;
    },
  };
}
