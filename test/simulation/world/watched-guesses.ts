import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';

/** The clocks of store and tenant show whole seconds, and 5 s are allowed for them. */
const MOST_EARLY_MS = 7_000;
/**
 * So long after an order was claimed a reload may be its own: its POST is sent before the lease (150 s) ends, and accepted
 * within a minute. Another minute is for slow answers of the store, and the rest for clocks.
 */
const MOST_LATE_MS = 300_000;

interface Claim {
  readonly actor: string;
  /** World time. */
  readonly at: number;
}

/**
 * Watches which reloads orders take for their own by guessing. An order may take one only if its own POST was sent in the
 * same minutes (docs/promises.md), or if the activation that may have sent it died.
 */
export class WatchedGuesses {
  /** The last claim of each order. */
  readonly #claims = new Map<string, Claim>();
  /** When orders were claimed by activations that sent their POST, or died. */
  readonly #sent = new Map<string, number[]>();

  /** An order was stored. */
  written({ _id, state }: StoredDocument, actor: string, at: number): void {
    const claim = this.#claims.get(_id);
    if (claim !== undefined && claim.actor !== actor) this.#keep(_id, claim);
    if (state === 'claimed') this.#claims.set(_id, { actor, at });
    else this.#claims.delete(_id);
  }

  /** An activation sends the POST of an order. */
  sent(order: string): void {
    const claim = this.#claims.get(order);
    if (claim !== undefined) this.#keep(order, claim);
  }

  /**
   * @param acceptedAt - when the tenant accepted the reload, by world time.
   * @returns what is wrong with a write of a reload's `started` document.
   */
  problem(before: StoredDocument | undefined, after: StoredDocument, acceptedAt: number): string | undefined {
    if (after['isGuess'] !== true) return undefined;
    const wrong = ordersOf(after).find((order) => !ordersOf(before).includes(order) && !this.#mayBe(order, acceptedAt));
    return wrong && `${after._id}: ${wrong} took it by guessing, and was not sent in the minutes before it began`;
  }

  #mayBe(order: string, acceptedAt: number): boolean {
    return (this.#sent.get(order) ?? []).some(
      (at) => at - MOST_EARLY_MS <= acceptedAt && acceptedAt <= at + MOST_LATE_MS,
    );
  }

  #keep(order: string, { at }: Claim): void {
    this.#sent.set(order, [...(this.#sent.get(order) ?? []), at]);
  }
}

const ordersOf = (started: StoredDocument | undefined): readonly string[] =>
  started === undefined ? [] : [String(started['order']), ...(started['also'] as readonly string[])];
