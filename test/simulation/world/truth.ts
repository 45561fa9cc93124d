import type { Link, ReloadBody } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';
import type { QlikOutcome, SimReload } from './tenant-model.ts';

/** An end that is to have followers, as the world knows it. */
export interface TrueEnd {
  readonly tenant: string;
  readonly appId: string;
  readonly reloadId: string;
  readonly outcome: QlikOutcome;
  /** World time. */
  readonly at: number;
  /** False where nobody could ever have been told (ledger.md §13); asked at the end of the run. */
  readonly isKnowable: () => boolean;
}

/** A reload that is owed: a link and its cause. */
export interface Owed {
  readonly end: TrueEnd;
  readonly target: AppRef;
  readonly body: ReloadBody;
}

/** What the world knows of a document that claims to settle what is owed. */
export interface Settlement {
  readonly state: string;
  readonly into?: string;
  readonly reloadId?: string;
}

/** Two clocks, told in whole seconds, and 5 s (ledger.md §7: mine). */
const MOST_GUESS_MS = 7_000;

const MATCHES: Readonly<Record<Link['on'], readonly QlikOutcome[]>> = {
  any: ['SUCCEEDED', 'FAILED', 'CANCELED', 'EXCEEDED_LIMIT'],
  succeeded: ['SUCCEEDED'],
  failed: ['FAILED', 'EXCEEDED_LIMIT'],
};

/**
 * What really happened and what had to follow: made from the tenants' ends and the links alone, never from the ledger.
 *
 * `sent` of a reload is the resource id of our POST, which the world knows whether the tenant echoes it or not.
 */
export class Truth {
  readonly owed = new Map<string, Owed>();
  /** Reloads by the order that was started with them. */
  readonly starts = new Map<string, SimReload[]>();
  /** Orders that the tenant refused for good. */
  readonly refused = new Set<string>();
  /** Orders that a person called off. */
  readonly calledOff = new Set<string>();
  readonly #links: readonly Link[];
  readonly #isEchoing: (tenant: string) => boolean;

  /** @param isEchoing - whether a tenant gives our ids back: where it does not, reloads of ours are told apart by guessing. */
  constructor(links: readonly Link[], isEchoing: (tenant: string) => boolean) {
    this.#links = links;
    this.#isEchoing = isEchoing;
  }

  ended(end: TrueEnd): void {
    for (const link of this.#links) {
      if (link.after.tenant !== end.tenant || link.after.appId !== end.appId || link.paused) continue;
      if (!MATCHES[link.on].includes(end.outcome)) continue;
      const { target, body } = link;
      const cause = target.tenant === end.tenant ? end.reloadId : `${end.tenant}.${end.reloadId}`;
      this.owed.set(`order:${target.tenant}:${target.appId}:${link.clause}:${cause}`, { end, target, body });
    }
  }

  /** @returns what is wrong with a reload that we just started. */
  started(reload: SimReload): string | undefined {
    const order = orderIn(reload.resourceId);
    if (order === undefined) return undefined;
    const before = this.starts.get(order) ?? [];
    this.starts.set(order, [...before, reload]);
    const owed = this.owed.get(order);
    if (owed === undefined) return `${reload.id} was started for ${order}, which nothing called for`;
    if (before.length > 0) return `${order} was started twice: ${before[0]?.id} and ${reload.id}`;
    if (bodyKey(owed.body) !== bodyKey(reload.body)) return `${order} was started with another body`;
    return undefined;
  }

  refusedFor(resourceId: string): void {
    const order = orderIn(resourceId);
    if (order !== undefined) this.refused.add(order);
  }

  /** What is wrong with what became of all that is owed, now that the world is at rest. */
  problems(settlementOf: (order: string) => Settlement | undefined): readonly string[] {
    return [...this.owed].flatMap(([order, owed]) => {
      if ((this.starts.get(order)?.length ?? 0) === 1) return [];
      if (!owed.end.isKnowable() && settlementOf(order) === undefined) return [];
      return this.#problem(order, owed, settlementOf) ?? [];
    });
  }

  #problem(
    order: string,
    { end, target, body }: Owed,
    settlementOf: (order: string) => Settlement | undefined,
  ): string | undefined {
    const chain = mergesFrom(order, settlementOf);
    const last = chain.at(-1) ?? order;
    const settlement = settlementOf(last);
    if (settlement === undefined) return `${order} was never started and the ledger does not have it`;
    if (this.calledOff.has(last) && settlement.state === 'called-off') return undefined;
    if (this.refused.has(last) && settlement.state === 'gave-up') return undefined;
    const reload = this.#reloadOf(last, settlement, target);
    if (reload === undefined) return `${order} was never started (${chain.join(' → ')} is ${settlement.state})`;
    if (reload.acceptedAt < end.at - this.#guessMs(last, target))
      return `${order} has ${reload.id}, which was started before its cause ended`;
    if (!this.#isSameBody(body, reload.body, target)) return `${order} has ${reload.id}, started with another body`;
    return undefined;
  }

  /** Without echo a reload of ours that an order shares by guessing may have been started so long before the cause ended. */
  #guessMs(order: string, { tenant }: AppRef): number {
    return this.#isEchoing(tenant) || this.starts.has(order) ? 0 : MOST_GUESS_MS;
  }

  /** Without echo two orders in doubt may share a guess, and a list shows no variables (ledger.md §13). */
  #isSameBody(owed: ReloadBody, started: ReloadBody, { tenant }: AppRef): boolean {
    if (bodyKey(owed) === bodyKey(started)) return true;
    return !this.#isEchoing(tenant) && (owed.partial === true) === (started.partial === true);
  }

  /** The reload that does for an order: its own, or one of ours that it shares since the tenant does not echo. */
  #reloadOf(order: string, { reloadId }: Settlement, { tenant, appId }: AppRef): SimReload | undefined {
    const own = this.starts.get(order)?.[0];
    if (own !== undefined) return own;
    const ours = [...this.starts].filter(([other]) => other.startsWith(`order:${tenant}:${appId}:`));
    return ours.flatMap(([, reloads]) => reloads).find(({ id }) => id === reloadId);
  }
}

/** The order and those that it was merged into, one after another. */
function mergesFrom(order: string, settlementOf: (order: string) => Settlement | undefined): readonly string[] {
  const chain = [order];
  for (let at = settlementOf(order); at?.state === 'merged' && at.into !== undefined; at = settlementOf(at.into)) {
    if (chain.includes(at.into)) return [...chain, at.into];
    chain.push(at.into);
  }
  return chain;
}

const orderIn = (resourceId: string | undefined): string | undefined => /^(order:.*)~\d+$/.exec(resourceId ?? '')?.[1];

const bodyKey = (body: ReloadBody): string =>
  JSON.stringify([body.partial === true, body.variables ?? {}, body.weight ?? 0]);
