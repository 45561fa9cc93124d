/*
 * The collector is the first action of the sweep, which runs every 5 minutes and takes up what was left undone. It
 * passes what it found to the next action, the resolver, in a batch. OpenWhisk limits how large a batch may be. This
 * file counts the room that is left in it.
 */

import type { BatchEvent, Slot } from '../../src/contracts/batch.ts';
import type { OrderId } from '../../src/core/names.ts';
import { roomFor } from '../../src/core/payload.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';

/**
 * The room for each kind of item, together 620 kB. OpenWhisk takes at most 1 MB, and the next actions add to a batch.
 */
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

/** The room of one batch. */
export interface BatchRoom {
  /** Reloads that ended, for the resolver: it decides which apps follow. */
  readonly events: Room<BatchEvent>;
  /** Orders (reloads that Cascade owes), for the invoker: it starts the action `reload` for each. */
  readonly orders: Room<OrderId>;
  /** Orders that wait for a tenant's rate limit, each with the instant at which it may start. */
  readonly slots: Room<Slot>;
  /** Ended reloads that are not counted in their app's document yet, for the storer. */
  readonly unrecorded: Room<ReloadFinished>;
  /** Ids of documents that owe notices (messages to people), for the notifier. */
  readonly owing: Room<string>;
  /** Such documents of questions of a Stack Exchange site. They get what `owing` has room for in the end. */
  readonly asked: Room<string>;
}

/** An empty batch. */
export const batchRoom = (): BatchRoom => ({
  events: room(EVENTS),
  orders: room(ORDERS),
  slots: room(SLOTS),
  unrecorded: room(UNRECORDED),
  owing: room(OWING),
  asked: room(OWING),
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
