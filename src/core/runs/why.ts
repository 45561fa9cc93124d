/*
 * Makes the answer of `cascade why <app>`: sentences that say why the app last ran, what it waits for, or why nothing
 * happened. The dashboard shows the same answer. The caller has read the facts.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes, usually because of an event, its cause. A
 * run is all that follows from one event or one order by hand, its root. The upstreams of an app are the apps that it
 * follows.
 */

import { definedFields } from '../defined-fields.ts';
import type { Link } from '../link.ts';
import type { AppRef } from '../names.ts';
import { isFinal } from '../order-state.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import { tooLongWords } from '../too-long.ts';
import type { EpochMs } from '../units.ts';
import { attemptWords } from './attempt-words.ts';
import { earlierAttempts } from './earlier-attempts.ts';
import { endedWords } from './end-words.ts';
import type { EventFact, LabelOf, OrderFact } from './facts.ts';
import { type FurtherCauses, furtherCauses } from './further-causes.ts';
import { ownersOf } from './group-runs.ts';
import { type JoinFact, joinWords } from './join-words.ts';
import { causeFinder, isByHand, isReplay } from './order-causes.ts';
import { isTooLong, stateWords } from './order-words.ts';
import { reloadTimes, reloadTimesText } from './reload-times.ts';
import { fateOfRule, type RuleFate, type RulesFact, ruleWords } from './rule-words.ts';
import { instantText } from './time-words.ts';
import { type UpstreamFact, type UpstreamVerdict, upstreamWords, verdictOf } from './upstream-verdict.ts';

/** The facts about an app and its upstreams. */
export interface WhyFacts {
  readonly app: AppRef;
  /** The app's orders, not sorted. */
  readonly orders: readonly OrderFact[];
  /** The app's last end that Cascade heard of. */
  readonly last?: ReloadFinished;
  /** The ends that led to the last end, up to the root of its run. The last end itself comes first. */
  readonly ancestry: readonly Ancestor[];
  /**
   * The events that called for the app's orders: for those that are open, given up or called off, for the order of its
   * last reload, and for orders that were merged into one of these.
   */
  readonly causes: readonly EventFact[];
  /**
   * The ends of earlier attempts (Cascade may start a failed reload again) of some orders: of those that are open,
   * given up or called off, and of the order whose reload was the app's last one.
   */
  readonly attempts: readonly EventFact[];
  /**
   * For each reload that Cascade may have canceled among `causes` and the upstreams' ends: its order, if that is known.
   * The order says whether Cascade canceled the reload, because it ran too long.
   */
  readonly owners: readonly OrderFact[];
  /** The plain links (each waits for one app) that have the app as their target, with the last end of each upstream. */
  readonly upstreams: readonly UpstreamFact[];
  /** The links by which the app waits for several others. */
  readonly joins: readonly JoinFact[];
  /** The chains by which Cascade decided about these orders and ends, and the chains that are deployed now. */
  readonly rules: RulesFact;
}

/**
 * An end, and the order that started the reload. `order` is absent if no known order did: usually a person or a
 * schedule started that reload.
 */
export interface Ancestor {
  readonly event: ReloadFinished;
  readonly order?: OrderFact;
}

/** Why an app ran, what it waits for, or why nothing happened. */
export interface Why {
  /** Orders that are not finished, newest first. */
  readonly waits: readonly OrderFact[];
  /** The newest order that was given up or called off, if it was created after the app's last end. */
  readonly cameToNothing?: OrderFact;
  readonly last?: ReloadFinished;
  /** The other ends that called for the last reload, at most five: see `furtherCauses`. */
  readonly alsoBecause: readonly EventFact[];
  /** What became of the link that called for the last reload; absent if that link is unknown. */
  readonly rule?: RuleFate;
  readonly upstreams: readonly { readonly link: Link; readonly verdict: UpstreamVerdict }[];
  /** The answer in sentences, the most important first. */
  readonly answer: readonly string[];
}

/** The facts and functions that the sentences need. */
interface Wording extends WhyFacts {
  readonly ownerOf: (event: ReloadFinished) => OrderFact | undefined;
  readonly labelOf: LabelOf;
  readonly now: EpochMs;
}

/** Answers why an app did or did not reload. `labelOf` gives the names of apps. */
export function why(facts: WhyFacts, labelOf: LabelOf, now: EpochMs): Why {
  const { last, rules } = facts;
  const [end, cause] = facts.ancestry;
  const rule = end?.order && fateOfRule(end.order, cause?.event, rules);
  const ownerOf = ownersOf([...facts.orders, ...facts.owners, ...facts.ancestry.flatMap(({ order }) => order ?? [])]);
  const wording = { ...facts, ownerOf, labelOf, now };
  const newest = [...facts.orders].sort((a, b) => b.createdAt - a.createdAt);
  const waits = newest.filter(({ state }) => !isFinal(state));
  // An older order explains nothing: the app has reloaded since.
  const cameToNothing = newest.find(
    ({ state, createdAt }) => (state === 'gave-up' || state === 'called-off') && createdAt > (last?.endedAt ?? 0),
  );
  const upstreams = facts.upstreams.map((fact) => ({ link: fact.link, verdict: verdictOf(fact, facts.orders, rules) }));
  const orderSentences =
    waits.length > 0 || cameToNothing === undefined
      ? waits.flatMap((order) => orderLines(labelOf(order), order, wording))
      : orderLines('Its newest order', cameToNothing, wording);
  const lastOrder = end?.order;
  const isLastOrderShown = lastOrder === undefined || waits.some(({ _id }) => _id === lastOrder._id);
  const also = lastOrder && furtherCauses(lastOrder, { orders: facts.orders, events: facts.causes }, cause?.event);
  const alsoBecause = (also?.causes ?? []).flatMap((each) => (each.kind === 'end' ? [each.event] : []));
  const answer = [
    ...orderSentences,
    joined(
      lastWords(wording),
      also === undefined ? '' : alsoWords('The reload was', also, wording),
      ruleWords(rule, labelOf),
    ),
    // If the order of the last reload still waits for another attempt, its attempts are in `orderSentences` already.
    ...(isLastOrderShown ? [] : attemptLines(lastOrder, wording)),
    ...(waits.length > 0 ? [] : nothingWords(wording)),
    ...facts.joins.map((join) => joinWords(join, labelOf, now)),
  ];
  return definedFields({ waits, cameToNothing, last, alsoBecause, rule, upstreams, answer });
}

/** These sentences in one line, without the empty ones. */
const joined = (...sentences: readonly string[]): string => sentences.filter((each) => each !== '').join(' ');

/**
 * A sentence about an order, then one about each of its earlier attempts.
 *
 * @param subject - how the first sentence begins.
 */
const orderLines = (subject: string, order: OrderFact, wording: Wording): readonly string[] => [
  orderWords(subject, order, wording),
  ...attemptLines(order, wording),
];

const attemptLines = (order: OrderFact, { attempts, now }: Wording): readonly string[] =>
  earlierAttempts(order, attempts).map((attempt) => attemptWords(attempt, order, now));

/** The sentences about an order: how it stands, why it is owed, and by which rule. At the end they name it. */
function orderWords(subject: string, order: OrderFact, wording: Wording): string {
  const { orders, causes, rules, ownerOf, labelOf, now } = wording;
  const cause = causeFinder(causes)(order);
  const byHand = isByHand(order) ? ' It was asked for by hand.' : '';
  const owed =
    cause === undefined
      ? byHand
      : ` It ${isFinal(order.state) ? 'was' : 'is'} owed because ${endedWords(cause, ownerOf(cause), labelOf, now)}${replayed(order)}.`;
  const rule = ruleWords(fateOfRule(order, cause, rules), labelOf);
  const further = furtherCauses(order, { orders, events: causes }, cause);
  const also = alsoWords(`It ${isFinal(order.state) ? 'was' : 'is'}`, further, wording);
  return joined(`${subject} ${stateWords(order, now)}.${owed}`, also, rule, order._id);
}

/** A sentence with the further causes of an order; empty if there are none. */
function alsoWords(subject: string, { causes, more }: FurtherCauses, { ownerOf, labelOf, now }: Wording): string {
  const words = causes.map((cause) =>
    cause.kind === 'by-hand'
      ? 'a person asked for it'
      : `${endedWords(cause.event, ownerOf(cause.event), labelOf, now)}${replayed(cause.order)}`,
  );
  const list = [...words, ...(more === 0 ? [] : [`of ${more} more ${more === 1 ? 'cause' : 'causes'}`])];
  if (list.length === 0) return '';
  const text = [list.slice(0, -1).join(', '), ...list.slice(-1)].filter((each) => each !== '').join(' and ');
  return `${subject} also owed because ${text}.`;
}

const replayed = (order: OrderFact | undefined): string =>
  order !== undefined && isReplay(order) ? ' (replayed)' : '';

/**
 * The sentences about the last reload: how it ended, the ends that led to it one after another, and who began the run.
 */
function lastWords({ app, last, ancestry, ownerOf, labelOf, now }: Wording): string {
  if (last === undefined) return `Cascade knows of no finished reload of ${labelOf(app)} yet.`;
  const steps = ancestry
    .slice(1)
    .map(
      ({ event }, index) =>
        `because ${endedWords(event, ownerOf(event), labelOf, now)}${replayed(ancestry[index]?.order)}`,
    );
  const how = isTooLong(last, ownerOf(last)) ? tooLongWords(ownerOf(last)?.policy) : last.outcome;
  const times = reloadTimesText(reloadTimes(last));
  const ended = `${labelOf(app)} last ended at ${instantText(last.endedAt)}: ${how}${times === '' ? '' : ` (${times})`}`;
  return `${[ended, ...steps].join(', ')}. ${beginningWords(ancestry.at(-1) ?? { event: last }, labelOf)}`;
}

/** Who started the first known reload of the run. */
function beginningWords({ event, order }: Ancestor, labelOf: LabelOf): string {
  const label = labelOf(event);
  if (order !== undefined) {
    return isByHand(order)
      ? `${label} was started by hand, with the action reload.`
      : `${label} was started by Cascade; the ledger no longer has what called for it.`;
  }
  switch (event.startedBy) {
    case 'hub':
      return `${label} was started by hand in Qlik (hub).`;
    case 'chronos':
      return `${label} was started by a schedule of Qlik’s (chronos).`;
    case undefined:
      return `It is unknown who started ${label}: no order of Cascade did.`;
    default:
      return `${label} was started in Qlik, not by Cascade (${event.startedBy}).`;
  }
}

/**
 * Why nothing more followed: a sentence for each upstream whose last end called for nothing since the app's last
 * reload. "Since" means: since the end that caused that reload. If its cause is unknown, it means: since the app's last
 * end.
 */
function nothingWords({
  app,
  orders,
  last,
  ancestry,
  upstreams,
  joins,
  ownerOf,
  rules,
  labelOf,
  now,
}: Wording): readonly string[] {
  if (upstreams.length === 0 && joins.length > 0) return [];
  if (upstreams.length === 0) {
    return [`Nothing calls for ${labelOf(app)}: no link of the chain files has it as its target.`];
  }
  const cause = ancestry[1];
  const since = cause?.event.endedAt ?? last?.endedAt;
  return upstreams.flatMap((fact) => {
    const verdict = verdictOf(fact, orders, rules);
    const isOld = since !== undefined && (fact.last?.endedAt ?? 0) <= since;
    // If the cause is known, the sentence about the last reload names it. An upstream that has not ended since the
    // cause explains nothing, unless its link is paused.
    if (verdict.kind === 'ordered' || (isOld && !fact.link.paused && cause !== undefined)) return [];
    const owner = fact.last && ownerOf(fact.last);
    return [upstreamWords({ ...fact, owner }, verdict, isOld ? since : undefined, labelOf, now)];
  });
}
