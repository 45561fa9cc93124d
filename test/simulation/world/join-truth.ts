import { joinId } from '../../../src/core/document-ids.ts';
import { endId, type JoinEnd } from '../../../src/core/joins/fold-ends.ts';
import type { CompositeLink } from '../../../src/core/link.ts';
import { type AppKey, type AppRef, appKey, type ReloadId } from '../../../src/core/names.ts';
import type { Outcome } from '../../../src/core/reload-finished.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { meaningOf } from '../../core/joins/reference-fold.ts';
import type { RuleVersion } from './deployments.ts';
import { QLIK_CLOCK_MS } from './scenarios.ts';
import type { Owed, TrueEnd } from './true-end.ts';

/** What the ledger says about ends and orders at the end of the run. */
export interface JoinTold {
  /** The stored time of an end; undefined if Cascade never heard of the end. */
  readonly storedEnd: (end: TrueEnd) => number | undefined;
  /**
   * The earliest time that a link may have taken for that end. It is before the stored time only if the event had a
   * time in the future. Cascade cuts such a time each time it reads the event, and a link keeps the first time that it
   * got.
   */
  readonly earliestEnd: (end: TrueEnd) => number | undefined;
  /** Whether the ledger has the order. */
  readonly hasOrder: (order: string) => boolean;
  /** Whether the end was resolved with a skip for this reason: the link's log no longer reaches back to it. */
  readonly wasTooLate: (end: TrueEnd, target: AppRef) => boolean;
  /** Whether this end called for an order for the target that was refused for its hops. */
  readonly isCapped: (end: TrueEnd, target: AppRef) => boolean;
}

const OUTCOMES: Readonly<Record<TrueEnd['outcome'], Outcome>> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  EXCEEDED_LIMIT: 'exceeded-limit',
};

/** What the world says about orders and ends during the run. */
export interface JoinWorld {
  /** The definition that an order names. */
  readonly definitionOf: (order: string) => string | undefined;
  /**
   * The latest time that the ledger may take for that of an end. It is later than the true time if the event had a time
   * in the future.
   */
  readonly latestOf: (end: TrueEnd) => number;
}

/**
 * What links that wait for several apps had to set off. The reference fold makes it from the tenants' ends, and never
 * from what the ledger remembers of them.
 */
export class JoinTruth {
  readonly #versions: RuleVersion[] = [];
  readonly #ends: TrueEnd[] = [];
  /** By `endId`: the outcomes that are certain. */
  readonly #outcomes = new Map<string, Outcome>();
  readonly #world: JoinWorld;

  constructor(world: JoinWorld) {
    this.#world = world;
  }

  /** @param version - has each composite link once. */
  deploy(version: RuleVersion): void {
    this.#versions.push(version);
  }

  /** @param isVague - whether nobody can say how the end counts. */
  ended(end: TrueEnd, isVague = false): void {
    this.#ends.push(end);
    if (!isVague) this.#outcomes.set(endId(joinEnd(end)), OUTCOMES[end.outcome]);
  }

  /** The true outcome of an end; undefined if nobody can say how it counts. */
  outcomeOf(end: Pick<JoinEnd, 'app' | 'reloadId'>): Outcome | undefined {
    return this.#outcomes.get(endId(end));
  }

  /** The link of a `join` document, if all chains until now have it with the same rule. */
  linkOf(join: string): CompositeLink | undefined {
    return this.#steady().find((link) => joinId(link) === join);
  }

  /** Whether the order is of a link that all chains until now have with the same rule. */
  isOfLink(order: string): boolean {
    return this.#steady().some(({ target, clause }) =>
      order.startsWith(`order:${target.tenant}:${target.appId}:${clause}:`),
    );
  }

  /** The composite links of the chains that an order names. If it names none, those of all chains. */
  #linksFor(order: string): readonly CompositeLink[] {
    const definition = this.#world.definitionOf(order);
    return this.#versions
      .filter(({ hash }) => definition === undefined || hash === definition)
      .flatMap(({ joins }) => joins);
  }

  /** The links that every version has with the same rule. The orders that they call for are certain. */
  #steady(): readonly CompositeLink[] {
    const [first, ...others] = this.#versions;
    return (first?.joins ?? []).filter((link) =>
      others.every(({ joins }) => joins.some((other) => isSameRule(link, other))),
    );
  }

  /**
   * What an order of a composite link may be for.
   *
   * @returns undefined if no end in the world could close a firing with this order's id.
   */
  mayOwe(order: string): Owed | undefined {
    for (const link of this.#linksFor(order)) {
      const end = this.#ends.find((each) => orderOf(link, each) === order);
      if (end !== undefined && this.#couldClose(end, link))
        return { end, target: link.target, body: link.body, policy: link.policy };
    }
    return undefined;
  }

  /** Whether enough upstreams have an end that counts: not later than `closing`, and inside the window. */
  #couldClose(closing: TrueEnd, { join }: CompositeLink): boolean {
    const latest = this.#world.latestOf(closing);
    const near = this.#ends.filter(
      (end) =>
        counts(end, join) &&
        closing.at - this.#world.latestOf(end) <= join.within + CLOCKS_MS &&
        end.at <= latest + CLOCKS_MS,
    );
    return counts(closing, join) && new Set(near.map(appKeyOf)).size >= join.atLeast;
  }

  /**
   * Every firing of ends that Cascade heard of or should have heard of, unless a later firing of the link does for it.
   */
  owed(told: JoinTold): readonly (readonly [string, Owed])[] {
    return this.#steady().flatMap((link) => this.#owedBy(link, told));
  }

  #owedBy(link: CompositeLink, told: JoinTold): readonly (readonly [string, Owed])[] {
    const heard = this.#ends
      .filter((end) => link.join.of[appKeyOf(end)] !== undefined && !told.wasTooLate(end, link.target))
      .flatMap((end) => {
        const stored = told.storedEnd(end);
        if (stored === undefined && !end.isKnowable()) return [];
        return [{ ...joinEnd(end), endedAt: (stored ?? end.at) as EpochMs, end }];
      });
    const sooner = heard.map((each) => ({ ...each, endedAt: (told.earliestEnd(each.end) ?? each.endedAt) as EpochMs }));
    const certain = new Set(meaningOf(sooner, link.join).firings.map(({ closing }) => endId(closing)));
    const firings = meaningOf(heard, link.join).firings.filter(({ closing }) => certain.has(endId(closing)));
    // If a firing's order was refused for its hops, the link has still fired. So it does for earlier firings, too.
    const carriedOut = heard.filter(({ end }) => told.hasOrder(orderOf(link, end)) || told.isCapped(end, link.target));
    const newest = carriedOut.reduce((latest, { endedAt }) => Math.max(latest, endedAt), Number.NEGATIVE_INFINITY);
    const heardAs = (half: JoinEnd) =>
      heard.find(({ reloadId, app }) => reloadId === half.reloadId && app === half.app);
    return firings.flatMap(({ closing, halves }) => {
      const end = heardAs(closing)?.end;
      if (end === undefined || closing.endedAt < newest) return [];
      const others = halves.flatMap((half) => (half === closing ? [] : (heardAs(half)?.end ?? [])));
      const order = orderOf(link, end);
      const { body, policy } = this.#linksFor(order).find((each) => isSameRule(each, link)) ?? link;
      return [[order, { end, others, target: link.target, body, policy }] as const];
    });
  }

  /** Every order in the ledger that some end could have closed. */
  present(told: JoinTold): readonly (readonly [string, Owed])[] {
    const links = this.#versions.flatMap(({ hash, joins }) => joins.map((link) => ({ hash, link })));
    return links.flatMap(({ hash, link }) =>
      this.#ends.flatMap((end) => {
        const order = orderOf(link, end);
        if (!told.hasOrder(order) || this.#world.definitionOf(order) !== hash) return [];
        return [[order, { end, target: link.target, body: link.body, policy: link.policy }] as const];
      }),
    );
  }
}

const isSameRule = (a: CompositeLink, b: CompositeLink): boolean =>
  a.clause === b.clause && appKey(a.target) === appKey(b.target) && JSON.stringify(a.join) === JSON.stringify(b.join);

/** Room for the clocks of two tenants, which may be off in opposite directions and show whole seconds. */
const CLOCKS_MS = 2 * QLIK_CLOCK_MS + 10_000;

const appKeyOf = ({ tenant, appId }: TrueEnd): AppKey => appKey({ tenant, appId } as AppRef);

const joinEnd = (end: TrueEnd) => ({
  ...{ app: appKeyOf(end), reloadId: end.reloadId as ReloadId, outcome: OUTCOMES[end.outcome] },
});

function counts(end: TrueEnd, { of }: CompositeLink['join']): boolean {
  const on = of[appKeyOf(end)];
  if (on === undefined) return false;
  if (on === 'any') return true;
  return on === 'succeeded' ? end.outcome === 'SUCCEEDED' : ['FAILED', 'EXCEEDED_LIMIT'].includes(end.outcome);
}

function orderOf({ target, clause }: CompositeLink, { tenant, reloadId }: TrueEnd): string {
  const cause = target.tenant === tenant ? reloadId : `${tenant}.${reloadId}`;
  return `order:${target.tenant}:${target.appId}:${clause}:${cause}`;
}
