import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { Link, ReloadBody } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';
import type { Policy } from '../../../src/core/policy.ts';
import {
  attemptProblem,
  cancelProblem,
  countedAs,
  isTriedAgain,
  type OwedAttempt,
  postedFor,
} from './attempt-truth.ts';
import type { RuleVersion } from './deployments.ts';
import { type JoinTold, JoinTruth, type JoinWorld } from './join-truth.ts';
import { JoinWatch, type WatchedWorld } from './join-watch.ts';
import type { QlikOutcome, SimReload } from './tenant-model.ts';
import { ILL_FORMED_BODY } from './topology.ts';
import type { Owed, TrueEnd } from './true-end.ts';

/** The part of an order's document that says how the order was settled. */
export interface Settlement {
  readonly state: string;
  readonly into?: string;
  readonly reloadId?: string;
  readonly ends?: readonly string[];
}

/** What the ledger says about points that the world cannot know by itself. */
export interface Told extends Pick<JoinTold, 'storedEnd' | 'earliestEnd' | 'wasTooLate'> {
  readonly settlementOf: (order: string) => Settlement | undefined;
  /** Whether the event was resolved with a skip of this target for its hops. */
  readonly isCapped: (end: TrueEnd, target: AppRef) => boolean;
  /** Whether the event was resolved with a skip because the store refuses this order, and an alert names the order. */
  readonly isNotStored: (end: TrueEnd, order: string) => boolean;
  /** Whether nothing shows any more what came of a POST for the app, and an alert says so. */
  readonly isUnseen: (target: AppRef) => boolean;
  /**
   * Whether an order was given up in doubt, with an alert, after as many ends of its app as the tenant's list keeps.
   */
  readonly isForgotten: (order: string, target: AppRef) => boolean;
}

/** What the world was built with. */
export interface TruthWorld extends JoinWorld {
  readonly maxHops: number;
  /** The event of an end, as it is stored or was stored last. */
  readonly eventOf: WatchedWorld['eventOf'];
  /** Whether a tenant echoes our ids. If it does not, Cascade has to guess which reload is of which order. */
  readonly isEchoing: (tenant: string) => boolean;
  /** Whether the tenant's events echo our ids, too. */
  readonly isEchoingEnds: (tenant: string) => boolean;
  /** The order that the ledger says a reload was started for; undefined if it says none. */
  readonly startedFor: (end: Pick<TrueEnd, 'tenant' | 'reloadId'>) => string | undefined;
  /** An order's document as it is stored now. */
  readonly orderNow: (order: string) => StoredDocument | undefined;
  /** The definition that an event or an order named last in the ledger. */
  readonly definitionOf: (id: string) => string | undefined;
  /** Whether a resolver may have these chains now. */
  readonly mayDecide: (hash: string) => boolean;
  /** Whether nobody has decided yet what follows an end. */
  readonly isOpen: (end: TrueEnd) => boolean;
  /** Whether the events of every tenant echo our ids. Then Cascade does not have to guess how many hops there were. */
  readonly areHopsSure: () => boolean;
}

/** Replays at the same time may take each other's numbers, so there may be so many more. */
const SPARE_REPLAYS = 2;

/** An hour, less room for two clocks. So long after its last POST, nothing has to wait for an order in doubt. */
const LONG_DOUBT_MS = 3_590_000;

/** Two clocks show whole seconds, so each may be 1 s off. Cascade allows for 5 s more. */
const MOST_GUESS_MS = 7_000;

/** An order whose cause is `r<n>.<reload id>`. */
const REPLAYED = /:r\d+\.[^:]*$/;

const MATCHES: Readonly<Record<Link['on'], readonly QlikOutcome[]>> = {
  any: ['SUCCEEDED', 'FAILED', 'CANCELED', 'EXCEEDED_LIMIT'],
  succeeded: ['SUCCEEDED'],
  failed: ['FAILED', 'EXCEEDED_LIMIT'],
};

/**
 * What really happened and what had to follow. It is made only from the tenants' ends and the links, never from the
 * ledger.
 *
 * A reload's `resourceId` is that of our POST. The world knows it even if the tenant does not echo it.
 */
export class Truth {
  /** What may be owed, by the order's id, and then by the definition that calls for it. */
  readonly #owed = new Map<string, Map<string, Owed>>();
  /** The reloads that were started for each order. */
  readonly starts = new Map<string, SimReload[]>();
  /** Orders that the tenant refused for good. */
  readonly refused = new Set<string>();
  /** Orders that a person called off. */
  readonly calledOff = new Set<string>();
  readonly #world: TruthWorld;
  readonly #joins: JoinTruth;
  readonly #called: JoinWatch;
  readonly #ends = new Map<string, TrueEnd>();
  readonly #replays = new Map<string, number>();
  /** The order that a reload was started for. */
  readonly #orders = new Map<string, string>();
  readonly #attempts: OwedAttempt[] = [];
  /** Orders that followed an attempt when nobody could know that another one is owed. */
  readonly #mayFollow = new Set<string>();
  readonly #versions: RuleVersion[] = [];
  /** Each end as it counts for links. An end is there several times if nobody can say how it counts. */
  readonly #counted: TrueEnd[] = [];

  constructor(world: TruthWorld) {
    this.#world = world;
    this.#joins = new JoinTruth(world);
    this.#called = new JoinWatch({
      linkOf: (join) => this.#joins.linkOf(join),
      outcomeOf: (end) => this.#joins.outcomeOf(end),
      eventOf: world.eventOf,
    });
  }

  /**
   * Deploys these chains, at first beside the old ones. They also decide about earlier ends that nobody has decided
   * about yet. For late links that are new, earlier ends are history.
   */
  deploy(version: RuleVersion): void {
    const isLateNew = this.#versions.at(-1)?.late.length === 0;
    if (!this.#versions.some(({ hash }) => hash === version.hash)) this.#joins.deploy(version);
    this.#versions.push(version);
    for (const end of this.#counted) {
      if (this.#world.isOpen(end)) this.#owe(end, version, isLateNew ? version.links : linksOf(version));
    }
  }

  /** @returns whether it was the last of several attempts, and failed. */
  ended(end: TrueEnd): boolean {
    this.#ends.set(keyOf(end), end);
    const posted = postedFor(end.resourceId);
    const policy = posted && this.#policyOf(posted.order);
    const again = posted === undefined ? false : isTriedAgain(end, posted.attempt, policy);
    const counted = countedAs(end, policy);
    const failed: TrueEnd = { ...end, outcome: 'FAILED' };
    const told = counted === 'failed' ? failed : end;
    if (posted !== undefined && again === true) this.#attempts.push({ ...posted, end });
    // If nobody can say who canceled it, its followers may start, and need not.
    const isVague = counted === 'both' || again === true;
    for (const each of counted === 'both' ? [failed, end] : [told]) {
      const vague = { ...each, isKnowable: () => false, ...(again === true && { isTriedAgain: true }) };
      const known: TrueEnd = isVague ? vague : each;
      this.#counted.push(known);
      for (const version of this.#deciding()) this.#owe(known, version);
    }
    if (again !== true) this.#joins.ended(told, this.#isVague(told, isVague));
    return again === false && (posted?.attempt ?? 1) > 1 && told.outcome !== 'SUCCEEDED';
  }

  /** @returns what is wrong with the sweep's request to cancel a reload. */
  canceling(reload: SimReload, now: number): string | undefined {
    return cancelProblem(reload, this.#policyOf(postedFor(reload.resourceId)?.order ?? ''), now);
  }

  /** Without an echo in its event, nobody knows whether a canceled reload was ours, and whether it ran too long. */
  #isVague({ tenant, outcome, resourceId }: TrueEnd, isVague: boolean): boolean {
    if (isVague) return true;
    const isCanceled = outcome === 'CANCELED' || (outcome === 'FAILED' && resourceId !== undefined);
    return isCanceled && !this.#world.isEchoingEnds(tenant);
  }

  /** @returns what is wrong with the orders for which a link calls that waits for several apps. */
  called(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
    if (after._id.startsWith('join:')) return this.#called.written(after);
    const isNew = before === undefined && after._id.startsWith('order:');
    if (isNew) this.#noteGuess(after);
    if (!isNew || !this.#joins.isOfLink(after._id) || this.#called.isAnnounced(after._id)) return undefined;
    return `${after._id} was created, and its link did not call for it`;
  }

  /** Notes that an order may follow an attempt after which another one is owed. Later the ledger may know better. */
  #noteGuess({ _id, createdAt }: StoredDocument): void {
    const end = this.#owedFor(_id)?.end;
    if (end?.isTriedAgain === true && this.#mayFollowAnyway(end, Number(createdAt))) this.#mayFollow.add(_id);
  }

  #policyOf(order: string): Policy | undefined {
    return this.#owedFor(order)?.policy;
  }

  /** A webhook reported the end after the late links were deployed. So they may follow it, whenever it was. */
  toldLate(end: Pick<TrueEnd, 'tenant' | 'reloadId'>): void {
    const known = this.#ends.get(keyOf(end));
    if (known === undefined) return;
    for (const version of this.#deciding()) this.#owe({ ...known, isKnowable: () => false }, version, version.late);
  }

  /** A person replays an event. */
  replayed(event: Pick<TrueEnd, 'tenant' | 'reloadId'>, at: number): void {
    const end = this.#ends.get(keyOf(event));
    if (end === undefined) return;
    const times = (this.#replays.get(keyOf(event)) ?? 0) + 1;
    this.#replays.set(keyOf(event), times);
    // The resolver may count the end in two ways, as the command may know more or less than the world.
    const isAsItIs = countedAs(end, this.#policyOf(postedFor(end.resourceId)?.order ?? '')) === 'as-it-is';
    const counted: readonly TrueEnd[] = isAsItIs ? [end] : [end, { ...end, outcome: 'FAILED' }];
    for (let n = 1; n <= times + SPARE_REPLAYS; n += 1) {
      for (const each of counted) {
        for (const version of this.#versions.slice(-1)) {
          this.#owe({ ...each, at, isKnowable: () => false }, version, linksOf(version), `r${n}.`);
        }
      }
    }
  }

  /** A person reloads an app by Cascade. */
  byHand(order: string, target: AppRef, body: ReloadBody, at: number): void {
    const end = { ...target, reloadId: order, outcome: 'SUCCEEDED', at, isKnowable: () => false } as const;
    this.#owed.set(order, new Map([['', { end, target, body }]]));
  }

  /** The chains by which a step may decide now: the newest ones, and those that an old step still has. */
  #deciding(): readonly RuleVersion[] {
    const newest = this.#versions.at(-1);
    return this.#versions.filter((version) => version === newest || this.#world.mayDecide(version.hash));
  }

  /** Adds what an end calls for. What is owed already stays owed. */
  #owe(end: TrueEnd, version: RuleVersion, links = linksOf(version), replay = ''): void {
    for (const { after, target, paused, on, clause, body, policy } of links) {
      if (after.tenant !== end.tenant || after.appId !== end.appId || paused) continue;
      if (!MATCHES[on].includes(end.outcome)) continue;
      const cause = target.tenant === end.tenant ? end.reloadId : `${end.tenant}.${end.reloadId}`;
      const order = `order:${target.tenant}:${target.appId}:${clause}:${replay}${cause}`;
      const known = this.#owed.get(order) ?? new Map<string, Owed>();
      this.#owed.set(order, known);
      if (!known.has(version.hash)) known.set(version.hash, { end, target, body, policy });
    }
  }

  /** What an order is for, by the chains that it names and by no others. */
  #owedFor(order: string): Owed | undefined {
    const known = this.#owed.get(order);
    const definition = this.#world.definitionOf(order);
    if (known === undefined) return this.#joins.mayOwe(order);
    return definition === undefined ? [...known.values()][0] : known.get(definition);
  }

  /** @returns what is wrong with a reload that we just started. */
  started(reload: SimReload): string | undefined {
    const posted = postedFor(reload.resourceId);
    if (posted === undefined) return undefined;
    const { order, attempt } = posted;
    const before = this.starts.get(order) ?? [];
    this.starts.set(order, [...before, reload]);
    this.#orders.set(`${tenantIn(order)}/${reload.id}`, order);
    const owed = this.#owedFor(order);
    if (owed === undefined) return `${reload.id} was started for ${order}, which nothing called for`;
    const mayFollow = this.#mayFollow.has(order) || this.#mayFollowAnyway(owed.end, reload.acceptedAt);
    if (owed.end.isTriedAgain === true && !mayFollow)
      return `${order} was started, and another attempt of its cause is owed`;
    const twin = before.find(({ resourceId }) => resourceId === reload.resourceId);
    if (twin !== undefined) return `${order} was started twice: ${twin.id} and ${reload.id}`;
    const isSure = this.#world.isEchoing(tenantIn(order));
    const last = before.find(({ resourceId }) => postedFor(resourceId)?.attempt === attempt - 1);
    const problem =
      attempt > 1 && isSure ? attemptProblem({ order, policy: owed.policy }, reload, attempt, last) : undefined;
    if (problem !== undefined) return problem;
    if (bodyKey(owed.body) !== bodyKey(reload.body)) return `${order} was started with another body`;
    const hops = this.#hopsOf(order);
    if (hops > this.#world.maxHops && this.#world.areHopsSure()) return `${order} was started after ${hops} hops`;
    return undefined;
  }

  /**
   * Whether the ledger cannot know whose reload ended, because the reload's order was not started or has another
   * reload.
   */
  #mayFollowAnyway({ tenant, reloadId, resourceId }: TrueEnd, at: number): boolean {
    if (this.#world.isEchoingEnds(tenant)) return false;
    const order = postedFor(resourceId)?.order ?? '';
    if (this.#isGuessed(order, { tenant, reloadId })) return true;
    const now = this.#world.orderNow(order);
    if (now === undefined) return true;
    const ends = now['ends'] as readonly string[];
    const isHeld = now['reloadId'] === reloadId || ends.includes(reloadId);
    const isOpen = now['state'] === 'claimed' || now['state'] === 'unknown';
    const { sentAt, since = at } = (now['doubt'] ?? {}) as { readonly sentAt?: number; readonly since?: number };
    return !isHeld && (!isOpen || (sentAt ?? since) < at - LONG_DOUBT_MS);
  }

  /** How many orders led to this one, itself included, since an end that Cascade did not cause. */
  #hopsOf(order: string): number {
    const end = this.#owedFor(order)?.end;
    const parent = end === undefined ? undefined : this.#orders.get(keyOf(end));
    if (parent === undefined) return 1;
    // A person starts a replay, so it is no hop. With it a run goes one step further than by itself.
    return Number(!REPLAYED.test(order)) + this.#hopsOf(parent);
  }

  /** All true ends. */
  get ends(): readonly TrueEnd[] {
    return [...this.#ends.values()];
  }

  /** Whether the reload really ended. */
  hasEnded(end: Pick<TrueEnd, 'tenant' | 'reloadId'>): boolean {
    return this.#ends.has(keyOf(end));
  }

  refusedFor(resourceId: string): void {
    const order = postedFor(resourceId)?.order;
    if (order !== undefined) this.refused.add(order);
  }

  /** What is wrong, at rest, with the orders that Cascade owed. */
  problems(told: Told): readonly string[] {
    const joinTold = { ...told, hasOrder: (order: string) => told.settlementOf(order) !== undefined };
    const all = new Map([...this.#due(told), ...this.#joins.present(joinTold), ...this.#joins.owed(joinTold)]);
    const owedAgain = this.#attempts.flatMap((owed) => this.#attemptProblem(owed, told) ?? []);
    const notStarted = [...all].flatMap(([order, owed]) => {
      if ((this.starts.get(order)?.length ?? 0) >= 1) return [];
      if (told.settlementOf(order) === undefined && this.#isExcused(order, owed, told)) return [];
      return this.#problem(order, owed, told) ?? [];
    });
    return [...owedAgain, ...notStarted];
  }

  /**
   * Each order in the ledger, by the chains that it names, and each order that must be there, by the chains with which
   * its end was resolved.
   */
  #due({ settlementOf }: Told): readonly (readonly [string, Owed])[] {
    return [...this.#owed].flatMap(([order, known]) => {
      const [first] = [...known.values()];
      if (first === undefined) return [];
      if (settlementOf(order) !== undefined) return [[order, this.#owedFor(order) ?? first] as const];
      const { tenant, reloadId } = first.end;
      const decided = this.#world.definitionOf(`event:${tenant}:${reloadId}`);
      // Without an event nobody can say which of several chains would have decided.
      if (decided === undefined) return this.#versions.length > 1 ? [] : [[order, first] as const];
      const owed = known.get(decided);
      return owed === undefined ? [] : [[order, owed] as const];
    });
  }

  /** What is wrong if no attempt followed a failed one. */
  #attemptProblem({ order, attempt, end }: OwedAttempt, told: Told): string | undefined {
    const isStarted = this.starts.get(order)?.some(({ resourceId }) => postedFor(resourceId)?.attempt === attempt + 1);
    if (isStarted === true || !end.isKnowable() || this.#isAnothers(order, end, told)) return undefined;
    const owed = this.#owedFor(order);
    const problem = owed && this.#problem(order, { ...owed, end }, told);
    return problem && `After attempt ${attempt} (${end.reloadId}): ${problem}`;
  }

  /** Whether another order guessed first that the reload is its own. Then that order's attempts decide what follows. */
  #isGuessed(order: string, end: Pick<TrueEnd, 'tenant' | 'reloadId'>): boolean {
    return !this.#world.isEchoing(end.tenant) && (this.#world.startedFor(end) ?? order) !== order;
  }

  /** Whether the order guessed that another reload is its own. Then this end says nothing of the order. */
  #isAnothers(order: string, { tenant, reloadId }: TrueEnd, { settlementOf }: Told): boolean {
    const { ends = [], reloadId: held } = settlementOf(order) ?? {};
    return !this.#world.isEchoing(tenant) && held !== reloadId && !ends.includes(reloadId);
  }

  /**
   * Whether there is a good reason for no order: Cascade could not know of the end, its run had too many hops, or the
   * store refuses the order.
   */
  #isExcused(order: string, { end, others = [], target, body }: Owed, { isCapped, isNotStored }: Told): boolean {
    if (body === ILL_FORMED_BODY && (REPLAYED.test(order) || isNotStored(end, order))) return true;
    const isFollower = [end, ...others].some((each) => this.#orders.has(keyOf(each)));
    return !end.isKnowable() || (isFollower && isCapped(end, target));
  }

  #problem(
    order: string,
    { end, target, body }: Owed,
    { settlementOf, isUnseen, isForgotten }: Told,
  ): string | undefined {
    const chain = mergesFrom(order, settlementOf);
    const last = chain.at(-1) ?? order;
    const settlement = settlementOf(last);
    if (settlement === undefined) return `${order} was never started and the ledger does not have it`;
    if (settlement.state === 'called-off' && last === order && this.calledOff.has(order)) return undefined;
    if (isUnseen(target) && IN_DOUBT.includes(settlement.state)) return undefined;
    if (settlement.state === 'gave-up' && (this.refused.has(last) || isForgotten(last, target))) return undefined;
    const reload = this.#reloadOf(last, settlement, target);
    if (reload === undefined) return `${order} was never started (${chain.join(' → ')} is ${settlement.state})`;
    if (reload.acceptedAt < end.at - this.#guessMs(last, reload, target))
      return `${order} has ${reload.id}, which was started before its cause ended`;
    if (!this.#isSameBody(body, reload.body, target)) return `${order} has ${reload.id}, started with another body`;
    return undefined;
  }

  /**
   * How long before the end of its cause an order's reload may have been accepted. Without echo an order may share a
   * reload of ours by a guess.
   */
  #guessMs(order: string, reload: SimReload, { tenant }: AppRef): number {
    const isOwn = this.starts.get(order)?.includes(reload) === true;
    return this.#world.isEchoing(tenant) || isOwn ? 0 : MOST_GUESS_MS;
  }

  /**
   * Whether the reload has the body that is owed. Without echo two orders in doubt may share a reload, and a list shows
   * no variables (docs/promises.md).
   */
  #isSameBody(owed: ReloadBody, started: ReloadBody, { tenant }: AppRef): boolean {
    if (bodyKey(owed) === bodyKey(started)) return true;
    return !this.#world.isEchoing(tenant) && (owed.partial === true) === (started.partial === true);
  }

  /** The reload of an order: its own, or another of ours that it shares because the tenant does not echo. */
  #reloadOf(order: string, { reloadId }: Settlement, { tenant, appId }: AppRef): SimReload | undefined {
    const ours = [...this.starts].filter(([other]) => other.startsWith(`order:${tenant}:${appId}:`));
    const held = ours.flatMap(([, reloads]) => reloads).find(({ id }) => id === reloadId);
    return held ?? this.starts.get(order)?.at(-1);
  }
}

const IN_DOUBT: readonly string[] = ['unknown', 'claimed'];

const linksOf = ({ links, late }: RuleVersion): readonly Link[] => [...links, ...late];

const keyOf = ({ tenant, reloadId }: Pick<TrueEnd, 'tenant' | 'reloadId'>): string => `${tenant}/${reloadId}`;

const tenantIn = (order: string): string => order.split(':')[1] ?? '';

/** The order, the one that it was merged into, and so on. */
function mergesFrom(order: string, settlementOf: (order: string) => Settlement | undefined): readonly string[] {
  const chain = [order];
  for (let at = settlementOf(order); at?.state === 'merged' && at.into !== undefined; at = settlementOf(at.into)) {
    if (chain.includes(at.into)) return [...chain, at.into];
    chain.push(at.into);
  }
  return chain;
}

const bodyKey = (body: ReloadBody): string =>
  JSON.stringify([body.partial === true, body.variables ?? {}, body.weight ?? 0]);
