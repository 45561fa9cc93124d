/*
 * `cascade runs` and `cascade logs` work on runs: a first reload, and all reloads that followed from it. The ledger
 * (Cascade's memory in CouchDB) has no document for a run. So this file puts runs together from other documents.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { EventFact, History, OrderFact } from '../../src/core/runs/facts.ts';
import { groupRuns, ownersOf, type Run } from '../../src/core/runs/group-runs.ts';
import { eventFact, orderFact } from '../../src/ledger/read-facts.ts';
import { leftOutText, readable } from './read-documents.ts';
import { namedOwners } from './read-owner.ts';

/**
 * Collects events (ends of reloads) and orders (reloads that Cascade owes or has started) of the ledger, each once, and
 * groups them into runs. A run's *root* is its first event, or its first order if a person gave that by hand.
 */
export class CollectedHistory {
  readonly #store: CouchPort;
  readonly #events = new Map<string, EventFact>();
  readonly #orders = new Map<string, OrderFact>();
  readonly #malformed = new Set<string>();

  constructor(store: CouchPort) {
    this.#store = store;
  }

  /** Adds events and orders, and leaves out documents of other types. */
  add(documents: readonly (StoredDocument | undefined)[]): void {
    for (const document of documents) {
      if (document?._id.startsWith('event:')) this.#addTo(this.#events, document, eventFact);
      if (document?._id.startsWith('order:')) this.#addTo(this.#orders, document, orderFact);
    }
  }

  #addTo<T>(known: Map<string, T>, document: StoredDocument, read: (document: StoredDocument) => T): void {
    const fact = readable(document, read);
    if (fact === undefined) this.#malformed.add(document._id);
    else known.set(document._id, fact);
  }

  has(id: string): boolean {
    return this.#events.has(id) || this.#orders.has(id);
  }

  /** The runs of the documents that were added, the newest first. */
  runs(): readonly Run[] {
    return groupRuns(this.#history());
  }

  /** Sentences about the documents that were left out because Cascade does not write such documents. */
  missing(): readonly string[] {
    const ids = [...this.#malformed].sort();
    return ['event', 'order'].flatMap((type) =>
      leftOutText(
        type,
        ids.filter((id) => id.startsWith(type)),
      ),
    );
  }

  /**
   * Reads the orders for which the reloads of the collected events were started, as far as Qlik's report or a document
   * `started` names them. Then it reads the root of each collected order.
   */
  async addOwnersAndRoots(): Promise<void> {
    const { events, orders } = this.#history();
    const ownerOf = ownersOf(orders);
    const owners = await namedOwners(
      this.#store,
      events.filter((event) => ownerOf(event) === undefined),
    );
    for (const owner of owners) if (owner !== undefined) this.#orders.set(owner._id, owner);
    const roots = new Set([...this.#orders.values()].map(({ root }) => root));
    this.add(await this.#store.many([...roots].filter((root) => !this.has(root))));
  }

  /** Reads a whole run: its root, its orders, and the ends of their reloads. */
  async addRun(root: string): Promise<void> {
    const documents = await this.#store.ofRun(root);
    this.add(documents);
    const ends = documents.flatMap(({ _id }) => {
      const order = this.#orders.get(_id);
      if (order === undefined) return [];
      return [...order.ends, ...(order.reloadId ? [order.reloadId] : [])].map((id) => eventId(order.tenant, id));
    });
    const unread = [...new Set([root, ...ends])].filter((id) => !this.has(id));
    this.add(await this.#store.many(unread));
  }

  #history(): History {
    return { events: [...this.#events.values()], orders: [...this.#orders.values()] };
  }
}
