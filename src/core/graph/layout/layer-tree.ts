/*
 * The data with which `assignLayers` looks for the best layer (column) of each app in the drawing of the chains. It is
 * the best one if all edges (links) together are as short as possible. Apps are nodes.
 */

import type { Edge } from './break-cycles.ts';

const NONE = -1;

/**
 * The layers of a graph, and for each connected part of the graph a tree of tight edges that connects its nodes. An
 * edge is tight if it leads exactly one layer to the right. Its slack is the number of layers that it is longer. The
 * trees fix all layers, except that a whole part can be moved.
 */
export class LayerTree {
  readonly #edges: readonly Edge[];
  readonly #layers: number[];
  /** The edges of each node. */
  readonly #incident: readonly (readonly number[])[];
  readonly #isInTree: Uint8Array;
  /** The tree edge that leads to each node's parent; `NONE` for a root. */
  readonly #toParent: Int32Array;
  /** The nodes of all trees, each after its parent. */
  #order: number[] = [];
  /**
   * By node. Take the node and all nodes below it in its tree: how many edges lead out of this group, minus how many
   * lead into it. If the group moves one layer to the right, all edges together become shorter by this number.
   */
  readonly #surplus: Int32Array;
  /** Where in `#order` the next search for an edge that leaves the tree begins. */
  #at = 0;

  /**
   * @param layers - a layer for each node, so that each edge leads to the right. The tree takes it over and changes it.
   * @param edges - without a cycle.
   */
  constructor(layers: number[], edges: readonly Edge[]) {
    const incident: number[][] = layers.map(() => []);
    for (const [edge, { from, to }] of edges.entries()) {
      incident[from]?.push(edge);
      incident[to]?.push(edge);
    }
    this.#edges = edges;
    this.#layers = layers;
    this.#incident = incident;
    this.#isInTree = new Uint8Array(edges.length);
    this.#toParent = new Int32Array(layers.length).fill(NONE);
    this.#surplus = new Int32Array(layers.length);
    this.#connect();
    this.#walk();
  }

  /**
   * Finds an edge of a tree that keeps other edges long: if this edge may become longer, all edges together become
   * shorter.
   *
   * @returns the end of the edge that is farther from the root of the tree. Undefined if there is no such edge: then
   *   the layers are the best.
   */
  nextToLeave(): number | undefined {
    const count = this.#order.length;
    for (let step = 0; step < count; step += 1) {
      const node = this.#order[(this.#at + step) % count] ?? 0;
      const edge = this.#edges[this.#toParent[node] ?? NONE];
      if (edge === undefined) continue;
      const surplus = this.#surplus[node] ?? 0;
      if ((edge.from === node ? surplus : -surplus) >= 0) continue;
      this.#at = (this.#at + step + 1) % count;
      return node;
    }
    return undefined;
  }

  /**
   * Takes the edge between `node` and its parent out of the tree, and puts another edge in that connects both sides
   * again. Of the edges that lead the other way, it takes the one with the least slack.
   */
  exchange(node: number): void {
    const leaving = this.#toParent[node] ?? NONE;
    const below = this.#nodesBelow(node);
    const isBelow = new Uint8Array(this.#layers.length);
    for (const each of below) isBelow[each] = 1;
    // The edge that leaves becomes longer. So an edge that leads the other way becomes shorter, until it is tight.
    const isFromBelow = this.#edges[leaving]?.from === node;
    let entering = NONE;
    let least = Number.POSITIVE_INFINITY;
    for (const each of below) {
      for (const edge of this.#incident[each] ?? []) {
        const { from = 0, to = 0 } = this.#edges[edge] ?? {};
        if (isBelow[from] === isBelow[to] || (isBelow[from] === 1) === isFromBelow) continue;
        if (this.#slack(edge) >= least) continue;
        least = this.#slack(edge);
        entering = edge;
      }
    }
    if (entering === NONE) return;
    for (const each of below) this.#layers[each] = (this.#layers[each] ?? 0) + (isFromBelow ? -least : least);
    this.#isInTree[leaving] = 0;
    this.#isInTree[entering] = 1;
    this.#walk();
  }

  /** The layer of each node. Each connected part of the graph begins in layer 0. */
  layersFromZero(): readonly number[] {
    const shifted = [...this.#layers];
    for (let first = 0; first < this.#order.length; ) {
      let end = first + 1;
      while (end < this.#order.length && this.#toParent[this.#order[end] ?? 0] !== NONE) end += 1;
      const part = this.#order.slice(first, end);
      const least = part.reduce((layer, node) => Math.min(layer, this.#layers[node] ?? 0), Number.POSITIVE_INFINITY);
      for (const node of part) shifted[node] = (this.#layers[node] ?? 0) - least;
      first = end;
    }
    return shifted;
  }

  /** By how many layers an edge is longer than it must be. */
  #slack(edge: number): number {
    const { from = 0, to = 0 } = this.#edges[edge] ?? {};
    return (this.#layers[to] ?? 0) - (this.#layers[from] ?? 0) - 1;
  }

  #otherEnd(edge: number, node: number): number {
    const { from = 0, to = 0 } = this.#edges[edge] ?? {};
    return from === node ? to : from;
  }

  /**
   * Connects the nodes of each part by tight edges. If no tight edge leads on, the nodes so far are moved until one
   * does.
   */
  #connect(): void {
    const isReached = new Uint8Array(this.#layers.length);
    for (const root of this.#layers.keys()) {
      if (isReached[root] === 1) continue;
      isReached[root] = 1;
      const reached = [root];
      let looked = 0;
      for (;;) {
        for (; looked < reached.length; looked += 1) {
          const node = reached[looked] ?? 0;
          for (const edge of this.#incident[node] ?? []) {
            const other = this.#otherEnd(edge, node);
            if (isReached[other] === 1 || this.#slack(edge) !== 0) continue;
            isReached[other] = 1;
            this.#isInTree[edge] = 1;
            reached.push(other);
          }
        }
        const next = this.#shortestOut(reached, isReached);
        if (next === undefined) break;
        const shift = isReached[this.#edges[next]?.from ?? 0] === 1 ? this.#slack(next) : -this.#slack(next);
        for (const node of reached) this.#layers[node] = (this.#layers[node] ?? 0) + shift;
        looked = 0;
      }
    }
  }

  /** The edge with the least slack between a reached node and one that is not reached; undefined if there is none. */
  #shortestOut(reached: readonly number[], isReached: Uint8Array): number | undefined {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const node of reached) {
      for (const edge of this.#incident[node] ?? []) {
        if (isReached[this.#otherEnd(edge, node)] === 1 || this.#slack(edge) >= least) continue;
        least = this.#slack(edge);
        best = edge;
      }
    }
    return best;
  }

  /**
   * Works out the parents and the surpluses again. First it goes down each tree from its root, and counts the edges of
   * each node alone. Then it goes up again, and adds the surplus of each node to that of its parent.
   */
  #walk(): void {
    const order: number[] = [];
    const isSeen = new Uint8Array(this.#layers.length);
    for (const root of this.#layers.keys()) {
      if (isSeen[root] === 1) continue;
      isSeen[root] = 1;
      this.#toParent[root] = NONE;
      order.push(root);
      for (let index = order.length - 1; index < order.length; index += 1) {
        const node = order[index] ?? 0;
        let surplus = 0;
        for (const edge of this.#incident[node] ?? []) {
          surplus += this.#edges[edge]?.from === node ? 1 : -1;
          const other = this.#otherEnd(edge, node);
          if (this.#isInTree[edge] === 0 || isSeen[other] === 1) continue;
          isSeen[other] = 1;
          this.#toParent[other] = edge;
          order.push(other);
        }
        this.#surplus[node] = surplus;
      }
    }
    for (let index = order.length - 1; index >= 0; index -= 1) {
      const node = order[index] ?? 0;
      const edge = this.#toParent[node] ?? NONE;
      if (edge === NONE) continue;
      const parent = this.#otherEnd(edge, node);
      this.#surplus[parent] = (this.#surplus[parent] ?? 0) + (this.#surplus[node] ?? 0);
    }
    this.#order = order;
  }

  /** A node, and all nodes below it in its tree. */
  #nodesBelow(top: number): readonly number[] {
    const nodes = [top];
    for (const node of nodes) {
      for (const edge of this.#incident[node] ?? []) {
        const other = this.#otherEnd(edge, node);
        if (this.#isInTree[edge] === 1 && this.#toParent[other] === edge && other !== top) nodes.push(other);
      }
    }
    return nodes;
  }
}
