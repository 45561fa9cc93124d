/*
 * `cascade why <app>` answers why an app did or did not reload. The app follows other apps, its upstreams. This file
 * answers for one upstream: did its last end set the app off, and if not, why?
 *
 * An event is a reload that ended, and the resolver is the action that decides what follows it. An order is a reload
 * that Cascade owes because of an event. A skip says why a link gave no order.
 */

import { eventId } from '../document-ids.ts';
import type { CompiledChains, Link } from '../link.ts';
import { appKey, type OrderId } from '../names.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import type { EpochMs } from '../units.ts';
import { endedWords } from './end-words.ts';
import type { EventFact, LabelOf, OrderFact } from './facts.ts';
import { causeFinder } from './order-causes.ts';
import { fateOfLink, type RuleFate, type RulesFact } from './rule-words.ts';
import { skipWords } from './skip-words.ts';
import { shortInstantText } from './time-words.ts';

/** A link, and the last end of its upstream. The upstream is the app that the link's target follows. */
export interface UpstreamFact {
  readonly link: Link;
  /** The upstream's last end. Absent if Cascade knows of none. */
  readonly last?: ReloadFinished;
  /** The event of that end. Absent if the ledger (Cascade's memory) no longer has it. */
  readonly event?: EventFact;
}

/** What came of the last end of an upstream, for one link. */
export type UpstreamVerdict =
  /** Cascade knows of no end of the upstream. */
  | { readonly kind: 'never-heard' }
  | { readonly kind: 'ordered'; readonly order: OrderFact }
  /** `rule`: what became of the link since that end; absent if it is unknown. */
  | { readonly kind: 'skipped'; readonly skip: Skip; readonly rule?: RuleFate }
  /** The resolver has not decided yet what follows the end. */
  | { readonly kind: 'unresolved'; readonly dueAt?: EpochMs }
  /**
   * The resolver decided about the end, and left neither an order nor a skip for this link: at that time the deployed
   * chains did not have the link. `isDeployed`: they have it now.
   */
  | { readonly kind: 'link-unknown-then'; readonly isDeployed: boolean }
  /** The ledger no longer has the event. */
  | { readonly kind: 'gone' };

/**
 * Decides what came of the last end of a link's upstream.
 *
 * @param orders - the orders of the link's target.
 */
export function verdictOf(
  { link, last, event }: UpstreamFact,
  orders: readonly OrderFact[],
  rules: RulesFact,
): UpstreamVerdict {
  if (last === undefined) return { kind: 'never-heard' };
  if (event === undefined) return { kind: 'gone' };
  const causeOf = causeFinder([event]);
  // The same end may also have called for an order of another link to this app, such as a link that waits for several
  // apps.
  const order = orders.find((one) => isOrderOf(link, one._id) && causeOf(one) !== undefined);
  if (order !== undefined) return { kind: 'ordered', order };
  const skip = event.skips?.find((one) => !('chain' in one) || isOf(link, one));
  // The app had no link at all when it ended.
  if (skip?.reason === 'no-link') return { kind: 'link-unknown-then', isDeployed: hasLink(link, rules.now) };
  if (skip !== undefined) {
    const then = event.definition === undefined ? undefined : rules.decided.get(event.definition);
    const rule = then && fateSince(link, then, rules);
    return { kind: 'skipped', skip, ...(rule && { rule }) };
  }
  if (event.resolvedAt !== undefined) {
    return { kind: 'link-unknown-then', isDeployed: hasLink(link, rules.now) };
  }
  return { kind: 'unresolved', ...(event.dueAt !== undefined && { dueAt: event.dueAt }) };
}

/** Whether an order's id is of this link. */
const isOrderOf = ({ target: { tenant, appId }, clause }: Link, order: OrderId): boolean =>
  order.startsWith(`order:${tenant}:${appId}:${clause}:`);

/** The reasons of skips that only composite links give. A composite link waits for several apps. */
const OF_COMPOSITES: readonly Skip['reason'][] = [
  'waits-for',
  'superseded',
  'withdrawn',
  'expired',
  'covered',
  'too-late',
  'needs-ledger',
];

/** Whether a skip is about this plain link, and not about another link of the same chain to the same app. */
function isOf(link: Link, skip: Extract<Skip, { readonly chain: unknown }>): boolean {
  const isHere = skip.chain === link.chain && appKey(skip.target) === appKey(link.target);
  if (!isHere || OF_COMPOSITES.includes(skip.reason)) return false;
  return !('order' in skip) || isOrderOf(link, skip.order);
}

/** Finds out how the link has changed since the chains `then`; undefined if those chains did not have it. */
function fateSince(link: Link, then: CompiledChains, { now }: RulesFact): RuleFate | undefined {
  const known = (then.links[appKey(link.after)] ?? []).find((each) => isSameLink(each, link));
  return known && fateOfLink(known, now);
}

const hasLink = (link: Link, { links }: CompiledChains): boolean =>
  (links[appKey(link.after)] ?? []).some((each) => isSameLink(each, link));

const isSameLink = (a: Link, b: Link): boolean =>
  a.chain === b.chain && a.clause === b.clause && appKey(a.target) === appKey(b.target);

const changedWords = (rule: RuleFate | undefined): string =>
  rule?.kind === 'changed' ? ` That link has been changed since: ${rule.changes.join(', ')}.` : '';

/**
 * Describes a verdict in a sentence for `cascade why`.
 *
 * @param fact - the link, and `owner`: the order that started the upstream's last reload, if it is known.
 * @param since - given only if the upstream has not ended since this instant: the sentence then says no more than that.
 *   The instant is that of the end that caused the target's last reload, or else that of the target's last end.
 */
export function upstreamWords(
  fact: UpstreamFact & { readonly owner: OrderFact | undefined },
  verdict: UpstreamVerdict,
  since: EpochMs | undefined,
  labelOf: LabelOf,
  now: EpochMs,
): string {
  const { link, last, owner } = fact;
  const label = labelOf(link.after);
  if (link.paused) return `Chain ${link.chain}, in which it follows ${label}, is paused (enabled: false).`;
  if (last === undefined) return `It follows ${label}, and Cascade knows of no finished reload of ${label} yet.`;
  if (since !== undefined) return `It follows ${label}, which has not ended since ${shortInstantText(since, now)}.`;
  const ended = endedWords(last, owner, labelOf, now);
  switch (verdict.kind) {
    case 'skipped':
      return `${ended}, ${skipWords(verdict.skip, labelOf)}.${changedWords(verdict.rule)}`;
    case 'unresolved': {
      const due = verdict.dueAt === undefined ? '' : `; the sweep does at ${shortInstantText(verdict.dueAt, now)}`;
      return `${ended}, and nobody has worked on that yet${due}.`;
    }
    case 'ordered':
      return `${ended}: ${verdict.order._id}.`;
    case 'link-unknown-then':
      return `${ended}, when the deployed chains did not have this link (chain ${link.chain})${verdict.isDeployed ? ' yet' : ''}: ${verdict.isDeployed ? '' : 'deploy, then '}cascade replay ${eventId(link.after.tenant, last.reloadId)}.`;
    case 'never-heard':
    case 'gone':
      return `${ended}; the ledger no longer has what came of it.`;
    default:
      return verdict satisfies never;
  }
}
