import type { ChainGraph, GraphApp, GraphEdge } from '../../src/core/graph/chain-graph.ts';
import type { Link } from '../../src/core/link.ts';

/**
 * What an app follows, and what follows it, in words: one text for each app. The panel of the view Now shows these
 * texts, and its table shows those of `upstreams`.
 */
export interface FollowWords {
  readonly upstreams: readonly string[];
  readonly followers: readonly string[];
}

/**
 * Says in words what an app follows, and what follows it: `Sales extract`, `Stock import, if it failed` or `Stock log,
 * in any case, when all 3 have ended`.
 */
export function followWords(app: GraphApp, { apps, edges, numberOf }: ChainGraph): FollowWords {
  const number = numberOf.get(app.key);
  const text = (other: number, { links }: GraphEdge): string => {
    const words = [...new Set(links.map(linkWords))];
    const isPlain = words.length === 1 && words[0] === '';
    const label = apps[other]?.label ?? '';
    return isPlain ? label : `${label}, ${words.map((each) => each || 'if it succeeded').join(' or ')}`;
  };
  return {
    upstreams: edges.filter(({ to }) => to === number).map((edge) => text(edge.from, edge)),
    followers: edges.filter(({ from }) => from === number).map((edge) => text(edge.to, edge)),
  };
}

const ON_WORDS = { succeeded: [], failed: ['if it failed'], any: ['in any case'] } as const;

/** When a link sets its target off. The text is empty for a plain link, which does that after each success. */
function linkWords({ on, join, paused }: Link): string {
  const composite = join === undefined ? [] : [`when ${countWords(join)} have ended`];
  return [...ON_WORDS[on], ...composite, ...(paused ? ['paused'] : [])].join(', ');
}

/** How many apps a link waits for: `all 3`, or `2 of 3`. */
export function countWords({ of, atLeast }: NonNullable<Link['join']>): string {
  const count = Object.keys(of).length;
  return atLeast === count ? `all ${count}` : `${atLeast} of ${count}`;
}
