/*
 * If apps follow each other in a circle, they would reload each other for ever. This file finds such cycles among the
 * links of all chain files; check-cycles.ts makes messages of them. Here an app is a node, which is only a number, and
 * a link leads from a node to one that follows it.
 *
 * First the nodes are split into groups whose nodes all reach each other, because a cycle cannot leave its group. Then
 * each group is searched for its cycles.
 */

/** For each node (0, 1, 2 …) the nodes that follow it, each once. */
export type Graph = readonly (readonly number[])[];

/** A path of nodes that closes: the first node follows the last one. The path begins with its node of least number. */
export type Cycle = readonly number[];

/** A group of nodes that all reach each other, and cycles among them. */
export interface Tangle {
  readonly nodes: readonly number[];
  readonly cycles: readonly Cycle[];
  /** True if there are more cycles than `cycles` holds. */
  readonly isCut: boolean;
}

/** A node on the stack of a depth-first search. */
interface Visit {
  readonly node: number;
  /** How many of the node's followers were looked at. */
  next: number;
  /** In `circuits`: whether a cycle was closed below this node. */
  found: boolean;
}

const visit = (node: number): Visit => ({ node, next: 0, found: false });
const followers = (graph: Graph, node: number): readonly number[] => graph[node] ?? [];

/**
 * The groups of `nodes` that all reach each other, and have a cycle (strongly connected components: Tarjan 1972). It is
 * written without recursion, because a chain may be 100,000 apps long.
 */
function tangledGroups(graph: Graph, nodes: ReadonlySet<number>): number[][] {
  /** When the search entered each node: 0, 1, 2 … */
  const order = new Map<number, number>();
  /** The earliest node, by `order`, that each node is known to reach. */
  const low = new Map<number, number>();
  /** The nodes whose group is not complete yet. */
  const open: number[] = [];
  const isOpen = new Set<number>();
  const groups: number[][] = [];
  const lower = (node: number, value: number) => low.set(node, Math.min(low.get(node) ?? value, value));
  const enter = (node: number): Visit => {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    open.push(node);
    isOpen.add(node);
    return visit(node);
  };
  const leave = (node: number) => {
    if (low.get(node) !== order.get(node)) return;
    const group = open.splice(open.lastIndexOf(node));
    for (const member of group) isOpen.delete(member);
    if (group.length > 1 || followers(graph, node).includes(node)) groups.push(group);
  };
  for (const root of nodes) {
    if (order.has(root)) continue;
    const stack = [enter(root)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const follower = followers(graph, top.node)[top.next++];
      if (follower === undefined) {
        stack.pop();
        leave(top.node);
        const parent = stack.at(-1);
        if (parent !== undefined) lower(parent.node, low.get(top.node) ?? 0);
      } else if (nodes.has(follower)) {
        if (!order.has(follower)) stack.push(enter(follower));
        else if (isOpen.has(follower)) lower(top.node, order.get(follower) ?? 0);
      }
    }
  }
  return groups;
}

/** The cycles through `start` inside `group`, at most `limit` (Johnson 1975, without recursion). */
function circuits(graph: Graph, group: ReadonlySet<number>, start: number, limit: number): Cycle[] {
  const cycles: Cycle[] = [];
  /**
   * Nodes that the search need not enter: they are on its path, or no way leads from them to `start` beside the path.
   */
  const blocked = new Set([start]);
  /** By a blocked node: the nodes before it that become free as soon as that node does. */
  const waiting = new Map<number, Set<number>>();
  const unblock = (first: number) => {
    const todo = [first];
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
      if (!blocked.delete(node)) continue;
      todo.push(...(waiting.get(node) ?? []));
      waiting.delete(node);
    }
  };
  const waitFor = (node: number, follower: number) => {
    const nodes = waiting.get(follower) ?? new Set();
    waiting.set(follower, nodes.add(node));
  };
  const stack = [visit(start)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const follower = followers(graph, top.node)[top.next++];
    if (follower === undefined) {
      stack.pop();
      if (top.found) unblock(top.node);
      else for (const next of followers(graph, top.node)) if (group.has(next)) waitFor(top.node, next);
      const parent = stack.at(-1);
      if (parent !== undefined) parent.found ||= top.found;
    } else if (follower === start) {
      top.found = true;
      cycles.push(stack.map(({ node }) => node));
      if (cycles.length === limit) return cycles;
    } else if (group.has(follower) && !blocked.has(follower)) {
      blocked.add(follower);
      stack.push(visit(follower));
    }
  }
  return cycles;
}

/** Finds the cycles through the node of least number, then takes that node away and goes on with what is left. */
function cyclesOf(graph: Graph, group: readonly number[], limit: number): Tangle {
  const cycles: Cycle[] = [];
  const groups = [group];
  for (let next = groups.pop(); next !== undefined; next = groups.pop()) {
    const start = next.reduce((least, node) => Math.min(least, node));
    const members = new Set(next);
    cycles.push(...circuits(graph, members, start, limit + 1 - cycles.length));
    if (cycles.length > limit) break;
    members.delete(start);
    groups.push(...tangledGroups(graph, members));
  }
  return { nodes: group, cycles: cycles.slice(0, limit), isCut: cycles.length > limit };
}

/**
 * Finds the cycles of `graph` that visit no node twice. For each group of nodes that all reach each other, it finds at
 * most `limit` cycles, because there can be exponentially many. The time for each cycle grows linearly with the graph.
 */
export const findCycles = (graph: Graph, limit: number): Tangle[] =>
  tangledGroups(graph, new Set(graph.keys())).map((group) => cyclesOf(graph, group, limit));
