/*
 * `groupRuns` sorts a whole history into runs. With ten thousand runs on the device, that takes longer than a change may take
 * to be seen. So this file does it anew only for the runs that a change concerns.
 */

import { eventId } from '../../src/core/document-ids.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { beganAt, type Run } from '../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../src/core/units.ts';

/** The facts that the runs are made of, by id. Whoever changes them says so to `RunBook.change`. */
interface Facts {
  readonly events: ReadonlyMap<string, EventFact>;
  readonly orders: ReadonlyMap<string, OrderFact>;
}

interface Dated {
  readonly run: Run;
  readonly beganAt: EpochMs;
}

/** The runs of a history that changes. They are the ones that `groupRuns` makes of the orders in the order of their ids. */
export class RunBook {
  readonly #facts: Facts;
  /** The root of each fact's run. */
  readonly #rootOf = new Map<string, string>();
  /** The ids of the facts of each run, by its root. */
  readonly #members = new Map<string, Set<string>>();
  /** The orders that know a reload as theirs, by the id of the reload's event. */
  readonly #claims = new Index();
  /** The events in which Qlik echoed an order, by the order's id. */
  readonly #echoes = new Index();
  /** The newest run first. */
  #runs: readonly Dated[] = [];

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** The root of the run that an event or an order is part of; undefined if there is no such fact. */
  rootOf(id: string): string | undefined {
    return this.#rootOf.get(id);
  }

  /** Follows a change of the facts. @param ids - of the facts that are new, changed or gone. @returns the newest run first. */
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

  /** As `ownersOf` in `group-runs.ts` finds it: a certain claim counts first, then an uncertain one, then the echo. */
  #ownerOf({ _id, orderId = '' as OrderId }: EventFact): OrderFact | undefined {
    const claims = [...this.#claims.of(_id)].sort().flatMap((id) => this.#facts.orders.get(id) ?? []);
    return claims.find(({ isCertain }) => isCertain) ?? claims.at(-1) ?? this.#facts.orders.get(orderId);
  }

  /** Puts a fact into a run, or takes it out of all if `root` is undefined. Notes which runs have changed. */
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

/** Which subjects have which keys, both ways. */
class Index {
  readonly #subjects = new Map<string, Set<string>>();
  readonly #keys = new Map<string, readonly string[]>();

  /** The subjects that have a key. */
  of(key: string): Iterable<string> {
    return this.#subjects.get(key) ?? [];
  }

  /** Replaces a subject's keys. @returns the ones from before, and the ones of now. */
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

/** The ids of the events of an order's reloads. */
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
