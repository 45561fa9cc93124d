/*
 * `cascade why` says which end called for the last reload of an app, by a link of the chains. But chains change from
 * one deployment to the next. So this file finds out whether that link is still the same today, and says in words what
 * has changed. Otherwise people would explain the past by the chains of today.
 *
 * A definition is the compiled chains of one deployment, and is named by its hash. An order is a reload that Cascade
 * owes.
 */

import { canonicalJson } from '../canonical-json.ts';
import type { CompiledChains, Link } from '../link.ts';
import { type AppRef, appKey } from '../names.ts';
import type { LabelOf, OrderFact } from './facts.ts';

/** The chains that decided about something, and those that are deployed now. */
export interface RulesFact {
  /** The compiled chains by their hash. Undefined if the ledger (Cascade's memory) does not have them. */
  readonly decided: ReadonlyMap<string, CompiledChains | undefined>;
  readonly now: CompiledChains;
}

/** What became of a rule, that is, of the link that called for an order. */
export type RuleFate =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly before: Link; readonly changes: readonly string[] }
  | { readonly kind: 'removed'; readonly before: Link }
  /** The ledger does not have the chains that decided. */
  | { readonly kind: 'unknown'; readonly definition: string };

/**
 * Finds out what became of the link that called for an order.
 *
 * @param after - the app whose end called for the order, if that is known.
 * @returns undefined if the order does not say by which chains it was called for, or if these have no such link.
 */
export function fateOfRule(order: OrderFact, after: AppRef | undefined, rules: RulesFact): RuleFate | undefined {
  const { definition, chain } = order;
  if (definition === undefined) return undefined;
  const chains = rules.decided.get(definition);
  if (chains === undefined) return { kind: 'unknown', definition };
  const clause = order._id.split(':')[3] ?? '';
  const called = linksTo(order, clause, after, chains);
  const then = called.find((link) => link.chain === chain) ?? called[0];
  return then && fateOfLink(then, rules.now);
}

/** Finds out what became of a link since it decided about an end. */
export function fateOfLink(then: Link, now: CompiledChains): RuleFate {
  // If a link waits for several apps, its clause is enough to find it. The apps that it waits for may have changed.
  const present = linksTo(then.target, then.clause, then.join === undefined ? then.after : undefined, now);
  const link = present.find(({ chain }) => chain === then.chain) ?? present[0];
  if (link === undefined) return { kind: 'removed', before: then };
  const changes = changesOf(then, link);
  return changes.length === 0 ? { kind: 'same' } : { kind: 'changed', before: then, changes };
}

/** The links to an app that have this clause. (A link may be in several chains.) */
const linksTo = (
  target: AppRef,
  clause: string,
  after: AppRef | undefined,
  { links }: CompiledChains,
): readonly Link[] =>
  (after === undefined ? Object.values(links).flat() : (links[appKey(after)] ?? [])).filter(
    (link) => link.clause === clause && appKey(link.target) === appKey(target),
  );

function changesOf(then: Link, now: Link): readonly string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['chain', then.chain, now.chain],
    ['enabled', !then.paused, !now.paused],
    ['on', then.join === undefined && then.on, now.join === undefined && now.on],
    ['apps', then.join?.of, now.join?.of],
    ['atLeast', then.join?.atLeast, now.join?.atLeast],
    ['within', then.join?.within, now.join?.within],
    ['partial', then.body.partial === true, now.body.partial === true],
    ['variables', then.body.variables, now.body.variables],
    ['weight', then.body.weight ?? 1, now.body.weight ?? 1],
    ['retry', then.policy?.retry, now.policy?.retry],
    ['timeout', then.policy?.timeout, now.policy?.timeout],
  ];
  return pairs
    .filter(([, before, after]) => canonicalJson(before) !== canonicalJson(after))
    .map(([name, before, after]) => changeOf(name, before, after));
}

/** Names a changed value. Short values are shown: the old one and the new one. */
const changeOf = (name: string, then: unknown, now: unknown): string =>
  ['string', 'boolean', 'number'].includes(typeof then) && typeof now === typeof then && name !== 'within'
    ? `${name} (${String(then)}, now ${String(now)})`
    : name;

/**
 * Describes a rule that has changed, such as `The link that called for it has been removed since …`. Empty if the rule
 * is the same, or if `fate` is undefined.
 */
export function ruleWords(fate: RuleFate | undefined, labelOf: LabelOf): string {
  switch (fate?.kind) {
    case undefined:
    case 'same':
      return '';
    case 'removed':
      return `The link that called for it has been removed since (chain ${fate.before.chain}, ${followsWords(fate.before, labelOf)}).`;
    case 'changed':
      return `The link that called for it has been changed since: ${fate.changes.join(', ')}.`;
    case 'unknown':
      return `The ledger does not have the chains that called for it (definition ${fate.definition}).`;
    default:
      return fate satisfies never;
  }
}

const followsWords = ({ after, on, join }: Link, labelOf: LabelOf): string =>
  join === undefined ? `after ${labelOf(after)}, on ${on}` : 'after several apps';
