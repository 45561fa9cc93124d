import type { Link } from '../link.ts';
import type { AppRef } from '../names.ts';
import { isFinal } from '../order-state.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';
import type { EventFact, LabelOf, OrderFact } from './facts.ts';
import { type JoinFact, joinWords } from './join-words.ts';
import { stateWords } from './order-words.ts';
import { causeFinder, isByHand, isReplay } from './run-tree.ts';
import { outcomeWords } from './skip-words.ts';
import { instantText, shortInstantText } from './time-words.ts';
import { type UpstreamFact, type UpstreamVerdict, upstreamWords, verdictOf } from './upstream-verdict.ts';

/** What is known of an app and of what it follows. */
export interface WhyFacts {
  readonly app: AppRef;
  /** Orders for the app, in any order. */
  readonly orders: readonly OrderFact[];
  /** The app's last end that Cascade heard of. */
  readonly last?: ReloadFinished;
  /** From the last end up to the root of its run, nearest first: each end and the order that it was the end of. */
  readonly ancestry: readonly Ancestor[];
  /** The events that called for open orders. */
  readonly causes: readonly EventFact[];
  /** The plain links that have the app as their target, with the last end of each upstream. */
  readonly upstreams: readonly UpstreamFact[];
  /** The links by which the app waits for several others. */
  readonly joins: readonly JoinFact[];
}

/** An end, and the order that it was the end of; none if a person or a schedule started the reload. */
export interface Ancestor {
  readonly event: ReloadFinished;
  readonly order?: OrderFact;
}

/** Why an app ran, what it waits for, or why nothing happened. */
export interface Why {
  /** Orders that are not finished, newest first. */
  readonly waits: readonly OrderFact[];
  /** An order newer than the last end that came to nothing. */
  readonly cameToNothing?: OrderFact;
  readonly last?: ReloadFinished;
  readonly upstreams: readonly { readonly link: Link; readonly verdict: UpstreamVerdict }[];
  /** The answer in sentences, the most important first. */
  readonly answer: readonly string[];
}

/** Answers why an app did or did not reload; pure. */
export function why(facts: WhyFacts, labelOf: LabelOf, now: EpochMs): Why {
  const newest = [...facts.orders].sort((a, b) => b.createdAt - a.createdAt);
  const waits = newest.filter(({ state }) => !isFinal(state));
  const cameToNothing = newest.find(
    ({ state, createdAt }) => (state === 'gave-up' || state === 'called-off') && createdAt > (facts.last?.endedAt ?? 0),
  );
  const upstreams = facts.upstreams.map((fact) => ({ link: fact.link, verdict: verdictOf(fact, facts.orders) }));
  const answer = [
    ...waits.map((order) => waitWords(order, facts, labelOf, now)),
    ...(waits.length > 0 || cameToNothing === undefined ? [] : [endWords(cameToNothing, facts, labelOf, now)]),
    ...lastWords(facts, labelOf, now),
    ...(waits.length > 0 ? [] : nothingWords(facts, labelOf, now)),
    ...facts.joins.map((join) => joinWords(join, labelOf, now)),
  ];
  return {
    waits,
    ...(cameToNothing === undefined ? {} : { cameToNothing }),
    ...(facts.last === undefined ? {} : { last: facts.last }),
    upstreams,
    answer,
  };
}

const waitWords = (order: OrderFact, facts: WhyFacts, labelOf: LabelOf, now: EpochMs): string =>
  `${labelOf(order)} ${stateWords(order, now)}.${causeWords(order, facts, labelOf, now)} ${order._id}`;

const endWords = (order: OrderFact, facts: WhyFacts, labelOf: LabelOf, now: EpochMs): string =>
  `Its newest order ${stateWords(order, now)}.${causeWords(order, facts, labelOf, now)} ${order._id}`;

function causeWords(order: OrderFact, { causes }: WhyFacts, labelOf: LabelOf, now: EpochMs): string {
  const cause = causeFinder(causes)(order);
  if (cause !== undefined)
    return ` It ${isFinal(order.state) ? 'was' : 'is'} owed because ${endedWords(cause, labelOf, now)}${replayed(order)}.`;
  return isByHand(order) ? ' It was asked for by hand.' : '';
}

const endedWords = (event: ReloadFinished, labelOf: LabelOf, now: EpochMs): string =>
  `${labelOf(event)} ${outcomeWords(event.outcome)} at ${shortInstantText(event.endedAt, now)}`;

const replayed = (order: OrderFact | undefined): string =>
  order !== undefined && isReplay(order) ? ' (replayed)' : '';

function lastWords({ app, last, ancestry }: WhyFacts, labelOf: LabelOf, now: EpochMs): readonly string[] {
  if (last === undefined) return [`No end of a reload of ${labelOf(app)} was heard of.`];
  const [self, ...before] = ancestry;
  const steps = before.map(
    ({ event }, index) => `because ${endedWords(event, labelOf, now)}${replayed(ancestry[index]?.order)}`,
  );
  const first = ancestry.at(-1) ?? self ?? { event: last };
  const ended = `${labelOf(app)} last ended at ${instantText(last.endedAt)}: ${last.outcome}`;
  return [`${[ended, ...steps].join(', ')}. ${beginningWords(first, labelOf)}`];
}

/** Who began it: of the last end that is known, going up. */
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
      return `Who started ${label} was not told: no order of Cascade’s.`;
    default:
      return `${label} was started in Qlik, not by Cascade (${event.startedBy}).`;
  }
}

function nothingWords(facts: WhyFacts, labelOf: LabelOf, now: EpochMs): readonly string[] {
  if (facts.upstreams.length === 0 && facts.joins.length > 0) return [];
  if (facts.upstreams.length === 0) {
    return [`Nothing calls for ${labelOf(facts.app)}: no link of the chain files has it as its target.`];
  }
  const since = facts.ancestry[1]?.event.endedAt ?? facts.last?.endedAt;
  return facts.upstreams.flatMap((fact) => {
    const verdict = verdictOf(fact, facts.orders);
    const isOld = since !== undefined && (fact.last?.endedAt ?? 0) <= since;
    if (verdict.kind === 'ordered' || (isOld && !fact.link.paused && facts.ancestry[1] !== undefined)) return [];
    return [upstreamWords(fact, verdict, isOld ? since : undefined, labelOf, now)];
  });
}
