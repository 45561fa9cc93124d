/*
 * PouchDB tells its own parts by events what happens. Its packages take the `EventEmitter` of Node's module `events`
 * for that, which has 6 kB for the browser. The build puts this one in its place: it has only what these packages call.
 */

type Listener = (...values: readonly unknown[]) => void;

/** A listener, and whether only the next event is for it. */
interface Entry {
  readonly listener: Listener;
  readonly isOnce: boolean;
}

/** Has the listeners of one object. */
export default class EventEmitter {
  /** By the names of the events. PouchDB makes some objects without the constructor, so it may be absent at first. */
  entries?: ReadonlyMap<string, readonly Entry[]>;
}

const entriesOf = ({ entries }: EventEmitter, name: string): readonly Entry[] => entries?.get(name) ?? [];

function withEntries(emitter: EventEmitter, name: string, all: readonly Entry[]): EventEmitter {
  emitter.entries = new Map(emitter.entries).set(name, all);
  return emitter;
}

const add = (emitter: EventEmitter, name: string, entry: Entry): EventEmitter =>
  withEntries(emitter, name, [...entriesOf(emitter, name), entry]);

/** The methods. PouchDB copies them one by one with `Object.keys`, which does not list the methods of a class. */
export const METHODS = {
  on(this: EventEmitter, name: string, listener: Listener): EventEmitter {
    return add(this, name, { listener, isOnce: false });
  },
  once(this: EventEmitter, name: string, listener: Listener): EventEmitter {
    return add(this, name, { listener, isOnce: true });
  },
  removeListener(this: EventEmitter, name: string, listener: Listener): EventEmitter {
    const all = entriesOf(this, name);
    const last = all.findLastIndex((each) => each.listener === listener);
    return withEntries(
      this,
      name,
      all.filter((_, index) => index !== last),
    );
  },
  removeAllListeners(this: EventEmitter): EventEmitter {
    this.entries = new Map();
    return this;
  },
  listeners(this: EventEmitter, name: string): readonly Listener[] {
    return entriesOf(this, name).map(({ listener }) => listener);
  },
  listenerCount(this: EventEmitter, name: string): number {
    return entriesOf(this, name).length;
  },
  /** Calls the listeners that are there now, in the order in which they came. @returns whether there are any. */
  emit(this: EventEmitter, name: string, ...values: readonly unknown[]): boolean {
    const all = entriesOf(this, name);
    for (const { listener, isOnce } of all) {
      if (isOnce) METHODS.removeListener.call(this, name, listener);
      listener.call(this, ...values);
    }
    return all.length > 0;
  },
};

Object.assign(EventEmitter.prototype, METHODS);
