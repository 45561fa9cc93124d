/*
 * `cascade why` says why an app did or did not reload. The function `factsOfApp` picks out the facts for that, and the
 * dashboard uses this function, too. So `factsOfApp` does not read the ledger (Cascade's memory in CouchDB), but asks
 * its caller for each fact. This file answers. It notes the facts that it does not have yet, and reads them. Then the
 * command calls `factsOfApp` again, until no fact is missing.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes or has started. The *owner* of an event is
 * the order for which its reload was started.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { appStateId, eventId } from '../../src/core/document-ids.ts';
import type { JoinMemory } from '../../src/core/joins/apply-end.ts';
import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { KnownFacts } from '../../src/core/runs/why-facts.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { eventFact } from '../../src/ledger/read-facts.ts';
import { readDocuments } from './read-documents.ts';
import { isFor, ownerOf, readMany } from './read-owner.ts';

type Reader = Pick<CouchPort, 'range' | 'many'>;

/** The facts that were read so far. A fact that is not there yet is noted, and `readMissing` reads it. */
export class ReadFacts implements KnownFacts {
  readonly #ends: Asked<AppRef, ReloadFinished>;
  readonly #events: Asked<string, EventFact>;
  readonly #owners: Asked<ReloadFinished, OrderFact>;
  readonly #memories: Asked<string, JoinMemory>;

  /** @param orders - the orders of the app that is asked about. An owner among them is not read again. */
  constructor(store: Reader, orders: readonly OrderFact[]) {
    this.#ends = new Asked((apps) => lastEnds(store, apps));
    this.#events = new Asked((ids) => readMany(store, ids, eventFact));
    this.#owners = new Asked((ends) =>
      Promise.all(ends.map(async (end) => orders.find(isFor(end)) ?? (await ownerOf(store, end)))),
    );
    this.#memories = new Asked((ids) => readMany(store, ids, readJoin));
  }

  lastOf(app: AppRef): ReloadFinished | undefined {
    return this.#ends.get(appKey(app), app);
  }

  eventOf(id: string): EventFact | undefined {
    return this.#events.get(id, id);
  }

  ownerOf(end: ReloadFinished): OrderFact | undefined {
    return this.#owners.get(eventId(end.tenant, end.reloadId), end);
  }

  /** What a link that waits for several apps remembers. */
  memoryOf(id: string): JoinMemory | undefined {
    return this.#memories.get(id, id);
  }

  /** Reads what was asked for and is not there yet. @returns whether there was anything to read. */
  async readMissing(): Promise<boolean> {
    const all = [this.#ends, this.#events, this.#owners, this.#memories];
    return (await Promise.all(all.map((each) => each.read()))).includes(true);
  }
}

/** Facts of one kind, each by its key. `get` notes a fact that is missing, and `read` reads what was noted. */
class Asked<Key, Fact> {
  readonly #read: (keys: readonly Key[]) => Promise<readonly (Fact | undefined)[]>;
  readonly #known = new Map<string, Fact | undefined>();
  readonly #missing = new Map<string, Key>();

  constructor(read: (keys: readonly Key[]) => Promise<readonly (Fact | undefined)[]>) {
    this.#read = read;
  }

  get(id: string, key: Key): Fact | undefined {
    if (!this.#known.has(id)) this.#missing.set(id, key);
    return this.#known.get(id);
  }

  async read(): Promise<boolean> {
    const [ids, keys] = [[...this.#missing.keys()], [...this.#missing.values()]];
    this.#missing.clear();
    if (keys.length === 0) return false;
    const facts = await this.#read(keys);
    for (const [index, id] of ids.entries()) this.#known.set(id, facts[index]);
    return true;
  }
}

/**
 * The last end of each of these apps, as far as Cascade knows. The action `storer` writes it into the app's own
 * document. This document may be missing: the app has not reloaded yet, or an invocation of the storer was lost. Then
 * events are searched, at most 50,000.
 */
async function lastEnds(store: Reader, apps: readonly AppRef[]): Promise<readonly (ReloadFinished | undefined)[]> {
  const states = await readMany(store, apps.map(appStateId), readAppState);
  if (!states.includes(undefined)) return states.map((state) => state?.last);
  const { found } = await readDocuments(store, 'event:', eventFact);
  const newest = new Map<AppKey, EventFact>();
  for (const event of found) {
    const known = newest.get(appKey(event));
    if (known === undefined || event.endedAt > known.endedAt) newest.set(appKey(event), event);
  }
  return apps.map((app, index) => states[index]?.last ?? newest.get(appKey(app)));
}
