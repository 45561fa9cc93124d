/*
 * The first step of drawing the chains (lay-out-graph.ts). In the drawing, edges lead to the right. If edges form a
 * cycle, one of them has to lead back to the left. This step finds such edges. Apps are nodes, and links are edges.
 */

/** An edge between two nodes, by their numbers. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

/** A node on the path of the search, and how many of its edges the search has followed. */
interface Visit {
  readonly node: number;
  next: number;
}

/**
 * Says which edges lead back. Without these edges, the graph has no cycle. An edge from a node to itself leads back,
 * too.
 *
 * This is a depth-first search. An edge leads back if it leads to a node on the path of the search, because then it
 * closes a cycle. The search begins at the nodes without incoming edges, so that the drawing begins there, and then at
 * the nodes that are left. It does not recurse, because a chain may have thousands of apps.
 *
 * @param nodeCount - the nodes are 0, 1, 2 … below this number.
 * @returns for each edge whether it leads back.
 */
export function backEdges(nodeCount: number, edges: readonly Edge[]): readonly boolean[] {
  const isBack = edges.map(() => false);
  const outgoing: number[][] = Array.from({ length: nodeCount }, () => []);
  const hasIncoming = new Uint8Array(nodeCount);
  for (const [edge, { from, to }] of edges.entries()) {
    outgoing[from]?.push(edge);
    if (from !== to) hasIncoming[to] = 1;
  }
  const NEW = 0;
  const ON_PATH = 1;
  const DONE = 2;
  const state = new Uint8Array(nodeCount);
  const search = (root: number): void => {
    if (state[root] !== NEW) return;
    state[root] = ON_PATH;
    const path: Visit[] = [{ node: root, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = outgoing[top.node]?.[top.next++];
      if (edge === undefined) {
        state[top.node] = DONE;
        path.pop();
        continue;
      }
      const to = edges[edge]?.to ?? 0;
      if (state[to] === ON_PATH) isBack[edge] = true;
      if (state[to] !== NEW) continue;
      state[to] = ON_PATH;
      path.push({ node: to, next: 0 });
    }
  };
  for (let node = 0; node < nodeCount; node += 1) if (hasIncoming[node] === 0) search(node);
  for (let node = 0; node < nodeCount; node += 1) search(node);
  return isBack;
}
