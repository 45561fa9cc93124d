import type { CompositeLink, JoinRule, Link, ReloadBody } from '../../../src/core/link.ts';
import { appKey } from '../../../src/core/names.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import type { Random } from './random.ts';
import { BODIES, drawPolicy, ONS, type Topology, WINDOWS_MS } from './topology.ts';

/** The share of the links that a redeployment changes in each way. */
const REMOVED = 0.12;
const PAUSED = 0.05;
const PAUSED_JOIN = 0.3;
const ON_CHANGED = 0.12;
const BODY_CHANGED = 0.1;
const POLICY_CHANGED = 0.15;
const WINDOW_CHANGED = 0.15;
const RULE_CHANGED = 0.15;

/**
 * The chains after a person has changed them. Links are removed or paused, or have another `on`, body, retry or
 * timeout. Composite links are removed, or have another window or another rule. Half of those with another rule keep
 * their name; the others become other links. Ill-formed links stay as they are.
 *
 * @param number - the number of the change. The names of new composite links have it.
 */
export function changeRules(topology: Topology, random: Random, number: number): Topology {
  // Links whose orders have the same ids change together, as `cascade check` demands.
  const changes = new Map<string, (link: Link) => readonly Link[]>();
  const changed = (link: Link): readonly Link[] => {
    const key = JSON.stringify([appKey(link.target), appKey(link.after), link.clause]);
    const change = changes.get(key) ?? drawChange(random);
    changes.set(key, change);
    return change(link);
  };
  const { links, joins = [] } = topology;
  return {
    ...topology,
    links: links.flatMap(changed),
    joins: joins.flatMap((join) => changeJoin(join, random, number)),
  };
}

function drawChange(random: Random): (link: Link) => readonly Link[] {
  const [isRemoved, isPaused, hasOther] = [random.chance(REMOVED), random.chance(PAUSED), random.chance(ON_CHANGED)];
  const on = random.pick(ONS);
  const body = random.chance(BODY_CHANGED) ? random.pick(BODIES) : undefined;
  const policy = random.chance(POLICY_CHANGED) ? { policy: drawPolicy(random) } : undefined;
  if (isRemoved) return () => [];
  return (link) => [
    withPolicy({ ...link, ...(isPaused && { paused: true }), ...(hasOther && { on }), ...bodyOf(link, body) }, policy),
  ];
}

const bodyOf = (link: Link, body: ReloadBody | undefined): Pick<Link, 'body'> | undefined =>
  body === undefined || link.clause !== 's' ? undefined : { body };

function withPolicy<L extends Link>(link: L, change: { readonly policy: Link['policy'] | undefined } | undefined): L {
  if (change === undefined) return link;
  const { policy: _, ...without } = link;
  return (change.policy === undefined ? without : { ...without, policy: change.policy }) as L;
}

function changeJoin(link: CompositeLink, random: Random, number: number): readonly CompositeLink[] {
  const [isRemoved, isWindow, isRule] = [
    random.chance(REMOVED),
    random.chance(WINDOW_CHANGED),
    random.chance(RULE_CHANGED),
  ];
  const within = random.pick(WINDOWS_MS) as JoinRule['within'] & DurationMs;
  const policy = random.chance(POLICY_CHANGED) ? { policy: drawPolicy(random) } : undefined;
  const body = random.chance(BODY_CHANGED) ? random.pick(BODIES) : link.body;
  const on = random.pick(ONS);
  const isNamed = random.chance(0.5);
  const paused = random.chance(PAUSED_JOIN);
  if (isRemoved) return [];
  const same = withPolicy({ ...link, body, paused }, policy);
  if (isRule) {
    const of = Object.fromEntries(Object.keys(link.join.of).map((app) => [app, on])) as JoinRule['of'];
    const rule = { ...link.join, of, atLeast: random.between(1, Object.keys(of).length) };
    // A link with a name keeps its clause, and so what it remembers. Any other becomes another link.
    const clause = isNamed ? link.clause : `${link.clause.split('r')[0]}r${number}`;
    return [{ ...same, clause, join: rule }];
  }
  return [isWindow ? { ...same, join: { ...link.join, within } } : same];
}
