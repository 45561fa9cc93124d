/*
 * The page shows what happened as runs. A run is a first reload, and all reloads that follow from it. `groupRuns` makes
 * the runs of a whole history; with ten thousand runs that takes so long that a person would notice it with each
 * change. So this file makes anew only the runs that a change concerns. An event is a reload that ended. An order is a
 * reload that Cascade owes because of an event. The code calls both facts.
 */

import { eventId } from '../../src/core/document-ids.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { beganAt, type Run } from '../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../src/core/units.ts';

/** The facts of the history, by id. Whoever changes one calls `RunBook.change`. */
interface Facts {
  readonly events: ReadonlyMap<string, EventFact>;
  readonly orders: ReadonlyMap<string, OrderFact>;
}

/** A run, and when it began: the runs are sorted by it. */
interface Dated {
  readonly run: Run;
  readonly beganAt: EpochMs;
}

/**
 * Keeps the runs of a history that changes. They are the runs that `groupRuns` would make, if it got the orders sorted
 * by id.
 */
export class RunBook {
  readonly #facts: Facts;
  /** For each fact, the root of its run: the id of the event or order with which the run began. */
  readonly #rootOf = new Map<string, string>();
  /** The ids of the facts of each run, by its root. */
  readonly #members = new Map<string, Set<string>>();
  /** By the id of an event: the orders that know its reload as theirs. */
  readonly #claims = new Index();
  /**
   * By the id of an order: the events in which Qlik gave this id back. Cascade sends it with each request for a reload.
   */
  readonly #echoes = new Index();
  /** The newest run first. */
  #runs: readonly Dated[] = [];

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** The id of the root of the run that has this event or order; undefined if there is no such fact. */
  rootOf(id: string): string | undefined {
    return this.#rootOf.get(id);
  }

  /**
   * Makes anew the runs of facts that have changed.
   *
   * @param ids - of the facts that are new, changed or gone.
   * @returns all runs, the newest first.
   */
  change(ids: Iterable<string>): readonly Run[] {
    const events = new Set<string>();
    const touched = new Set<string>();
    for (const id of ids) {
      if (!id.startsWith('order:')) {
        this.#echoes.set(id, [this.#facts.events.get(id)?.orderId ?? []].flat());
        events.add(id);
        continue;
      }
      const order = this.#facts.orders.get(id);
      for (const event of this.#claims.set(id, order === undefined ? [] : claimedBy(order))) events.add(event);
      for (const event of this.#echoes.of(id)) events.add(event);
      this.#move(id, order?.root, touched);
    }
    for (const id of events) this.#move(id, this.#rootOfEvent(id), touched);
    this.#runs = merged(
      this.#runs.filter(({ run }) => !touched.has(run.root)),
      [...touched].flatMap((root) => this.#runOf(root)).sort(newestFirst),
    );
    return this.#runs.map(({ run }) => run);
  }

  #rootOfEvent(id: string): string | undefined {
    const event = this.#facts.events.get(id);
    return event && (this.#ownerOf(event)?.root ?? id);
  }

  /**
   * Finds the order whose reload ended, as `ownersOf` does. An order that is certain that the reload is its own comes
   * first, then one that guesses it, then the order whose id Qlik gave back.
   */
  #ownerOf({ _id, orderId = '' as OrderId }: EventFact): OrderFact | undefined {
    const claims = [...this.#claims.of(_id)].sort().flatMap((id) => this.#facts.orders.get(id) ?? []);
    return claims.find(({ isCertain }) => isCertain) ?? claims.at(-1) ?? this.#facts.orders.get(orderId);
  }

  /**
   * Puts a fact into the run with this root, or, if `root` is undefined, out of its run. Notes in `touched` which runs
   * have changed.
   */
  #move(id: string, root: string | undefined, touched: Set<string>): void {
    const before = this.#rootOf.get(id);
    if (before !== undefined) {
      touched.add(before);
      this.#members.get(before)?.delete(id);
    }
    if (root === undefined) {
      this.#rootOf.delete(id);
      return;
    }
    touched.add(root);
    this.#rootOf.set(id, root);
    const members = this.#members.get(root);
    if (members === undefined) this.#members.set(root, new Set([id]));
    else members.add(id);
  }

  #runOf(root: string): readonly Dated[] {
    const ids = [...(this.#members.get(root) ?? [])];
    if (ids.length === 0) {
      this.#members.delete(root);
      return [];
    }
    const run: Run = {
      root,
      events: ids.flatMap((id) => this.#facts.events.get(id) ?? []).sort(by(({ endedAt }) => endedAt)),
      orders: ids.flatMap((id) => this.#facts.orders.get(id) ?? []).sort(by(({ createdAt }) => createdAt)),
    };
    return [{ run, beganAt: beganAt(run) }];
  }
}

/** Remembers which keys a subject has, and finds the subjects of a key. */
class Index {
  readonly #subjects = new Map<string, Set<string>>();
  readonly #keys = new Map<string, readonly string[]>();

  /** The subjects that have a key. */
  of(key: string): Iterable<string> {
    return this.#subjects.get(key) ?? [];
  }

  /** Replaces a subject's keys. @returns the keys from before and the new ones. */
  set(subject: string, keys: readonly string[]): readonly string[] {
    const before = this.#keys.get(subject) ?? [];
    for (const key of before) this.#drop(key, subject);
    for (const key of keys) {
      const subjects = this.#subjects.get(key);
      if (subjects === undefined) this.#subjects.set(key, new Set([subject]));
      else subjects.add(subject);
    }
    if (keys.length === 0) this.#keys.delete(subject);
    else this.#keys.set(subject, keys);
    return [...before, ...keys];
  }

  #drop(key: string, subject: string): void {
    const subjects = this.#subjects.get(key);
    subjects?.delete(subject);
    if (subjects?.size === 0) this.#subjects.delete(key);
  }
}

/** The ids of the events with which an order's reloads end. */
const claimedBy = ({ tenant, reloadId, ends }: OrderFact): readonly string[] =>
  [reloadId, ...ends].filter((id): id is ReloadId => id !== undefined).map((id) => eventId(tenant, id));

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const by =
  <T extends { readonly _id: string }>(instantOf: (fact: T) => EpochMs) =>
  (a: T, b: T): number =>
    instantOf(a) - instantOf(b) || compare(a._id, b._id);

const newestFirst = (a: Dated, b: Dated): number => b.beganAt - a.beganAt || compare(a.run.root, b.run.root);

/** Merges two sorted lists. */
function merged(one: readonly Dated[], other: readonly Dated[]): readonly Dated[] {
  const all: Dated[] = [];
  let next = 0;
  for (const each of one) {
    for (let head = other[next]; head !== undefined && newestFirst(head, each) < 0; head = other[++next])
      all.push(head);
    all.push(each);
  }
  return [...all, ...other.slice(next)];
}
