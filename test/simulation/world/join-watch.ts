import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { endId, type JoinEnd } from '../../../src/core/joins/fold-ends.ts';
import type { CompositeLink } from '../../../src/core/link.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { inOrder, meaningOf } from '../../core/joins/reference-fold.ts';

/** What the world says about links and ends. */
export interface WatchedWorld {
  /** The link of a `join` document. Undefined if the chains had it with several rules, or not always. */
  readonly linkOf: (join: string) => CompositeLink | undefined;
  /** How an end truly counts. Undefined if nobody can say how, or whether it does. */
  readonly outcomeOf: (end: JoinEnd) => JoinEnd['outcome'] | undefined;
  /** The event of an end, as it is stored or was stored last. */
  readonly eventOf: (end: JoinEnd) => StoredDocument | undefined;
}

interface Called {
  readonly order: string;
  readonly lineage: { readonly cause: string; readonly others?: readonly string[] };
}

/**
 * Watches the orders for which links that wait for several apps call. Each must be one for which the link's meaning
 * asks after the ends that the link had heard by then. Of the link's memory this takes only which ends it has heard:
 * their outcomes are the true ones, and their times are those of their events. It takes outcome or time from the memory
 * only if nobody else can say them.
 */
export class JoinWatch {
  readonly #world: WatchedWorld;
  readonly #heard = new Map<string, Map<string, JoinEnd>>();
  readonly #judged = new Set<string>();

  constructor(world: WatchedWorld) {
    this.#world = world;
  }

  /**
   * @param join - a `join` document as it was just written.
   * @returns what is wrong with the orders that are new in it.
   */
  written(join: StoredDocument): string | undefined {
    const heard = this.#heard.get(join._id) ?? new Map<string, JoinEnd>();
    this.#heard.set(join._id, heard);
    const before = [...heard.values()];
    const news = inOrder((join['log'] as readonly JoinEnd[]).filter((end) => !heard.has(endId(end))).map(this.#truly));
    for (const end of news) heard.set(endId(end), end);
    const called = (join['open'] as readonly Called[]).filter(({ order }) => !this.#judged.has(order));
    for (const { order } of called) this.#judged.add(order);
    const link = this.#world.linkOf(join._id);
    if (link === undefined || called.length === 0) return undefined;
    // One write may take in several ends. The link takes them one by one, in the order of their times.
    const steps = news.map((_, index) => [...before, ...news.slice(0, index + 1)]);
    const firings = steps.flatMap((ends) => meaningOf(ends, link.join).firings);
    const asked = new Set(
      firings.map(({ closing, halves }) =>
        keyOf(
          causeOf(closing, link),
          halves.filter((half) => half !== closing).map((half) => causeOf(half, link)),
        ),
      ),
    );
    const extra = called.find(({ lineage: { cause, others = [] } }) => !asked.has(keyOf(cause, others)));
    return extra && `${join._id} called for ${extra.order}, for which its meaning does not ask`;
  }

  /** Whether the order was in its link's document. It must be there before it is created. */
  isAnnounced(order: string): boolean {
    return this.#judged.has(order);
  }

  readonly #truly = (end: JoinEnd): JoinEnd => {
    const { app, reloadId } = end;
    const event = this.#world.eventOf(end);
    const [told, stored] = [Number(event?.['endedAt']), Number(event?.['storedAt'])];
    // A time in the future is cut each time that the event is read.
    const isCut = event === undefined || event['reportedEnd'] !== undefined || told > stored;
    const endedAt = isCut ? end.endedAt : (told as EpochMs);
    return { app, reloadId, endedAt, outcome: this.#world.outcomeOf(end) ?? end.outcome };
  };
}

const keyOf = (cause: string, others: readonly string[]): string => JSON.stringify([cause, [...others].sort()]);

function causeOf({ app, reloadId }: JoinEnd, { target }: CompositeLink): string {
  const tenant = app.slice(0, app.indexOf('/'));
  return tenant === target.tenant ? reloadId : `${tenant}.${reloadId}`;
}
