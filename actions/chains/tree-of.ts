/*
 * The web action `chains` shows people which app follows which, for charts in a Qlik app. This file makes the tree for
 * Qlik's org chart. A link is one step of a chain: it says that one app follows another. An app that follows no other,
 * by the links that are shown, is a root.
 */

import { groupBy } from '../../src/core/group-by.ts';
import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppKey, appKey } from '../../src/core/names.ts';
import { jsonBytes, PAYLOAD_BYTES } from '../../src/core/payload.ts';
import { startsOf } from './rows-of.ts';

/** One node of the tree: an app at one of its places. An app that can be reached on two paths has two places. */
export interface TreeRow {
  /** The path from the root to this node. */
  readonly treeKey: string;
  /** The key of the node above; `ROOT` if there is none. */
  readonly treeParentKey: string;
  readonly treeLabel: string;
  /** `tenant/appId`: the only column that the tree shares with the rows. */
  readonly nodeId: AppKey;
  /** 1 for the roots. */
  readonly treeDepth: number;
  /** The chains whose links lead here; for a root the chains that start from it. Separated by `, `. */
  readonly treeChains: string;
  /** The `on` of the links that lead here, separated by `, `; `''` for the roots. */
  readonly treeOn: string;
}

/** How large a tree may be. */
export interface TreeLimits {
  readonly roots: number;
  readonly children: number;
  readonly depth: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Qlik's org chart shows at most 99 nodes below a node. OpenWhisk limits the bytes. The depth and the number of rows
 * are our own choice.
 */
export const TREE_LIMITS: TreeLimits = { roots: 99, children: 99, depth: 50, rows: 1_000, bytes: PAYLOAD_BYTES };

/** What was left out of the tree. */
export interface TreeCut {
  /** How many branches were left out. A branch may have any number of nodes. */
  readonly branches: number;
  /** Why, in words. */
  readonly why: string;
}

/** The nodes, from the roots down. */
export interface Tree {
  readonly rows: readonly TreeRow[];
  /** Null if nothing was left out. */
  readonly cut: TreeCut | null;
}

/** The parent key of the roots. It is a text, because the org chart leaves out rows whose parent key is null. */
const ROOT = 'ROOT';

/** All links from one app to another, which is `app`. The branch of a root has no links. */
interface Branch {
  readonly app: AppKey;
  readonly chains: ReadonlySet<string>;
  readonly on: ReadonlySet<string>;
}

/** Where a node is in the tree. */
interface Place {
  readonly branch: Branch;
  readonly parentKey: string;
  readonly depth: number;
}

/**
 * Turns the links into trees for Qlik's org chart, level by level. What is beyond a limit is left out, and `cut` says
 * so.
 *
 * An app that follows two others is a node below each of them, and so is all that follows it. Several links between the
 * same two apps are one branch.
 */
export function treeOf(links: readonly Link[], apps: CompiledChains['apps'], limits: TreeLimits = TREE_LIMITS): Tree {
  const followers = branchesOf(links);
  const left: LeftOut = { roots: 0, children: 0, depth: 0, rows: 0, bytes: 0 };
  const rows: TreeRow[] = [];
  let bytes = 0;
  const places = placesBelow(undefined, rootsOf(links, followers), limits, left);
  // The loop adds the places below each row to the end of the list. So the tree is built level by level.
  for (const place of places) {
    const row = rowAt(place, apps);
    bytes += jsonBytes(row) + 1;
    if (rows.length === limits.rows || bytes > limits.bytes) {
      left[rows.length === limits.rows ? 'rows' : 'bytes'] = places.length - rows.length;
      break;
    }
    rows.push(row);
    places.push(...placesBelow(row, followers.get(row.nodeId) ?? [], limits, left));
  }
  return { rows, cut: cutOf(left, limits) };
}

/** For each limit: how many branches were left out because of it. */
type LeftOut = Record<keyof TreeLimits, number>;

/**
 * The places of the branches below a row; without a row, the places of the roots. Branches that are too many or too
 * deep are counted in `left`.
 */
function placesBelow(
  above: TreeRow | undefined,
  branches: readonly Branch[],
  limits: TreeLimits,
  left: LeftOut,
): Place[] {
  const depth = (above?.treeDepth ?? 0) + 1;
  if (depth > limits.depth) {
    left.depth += branches.length;
    return [];
  }
  const most = above === undefined ? 'roots' : 'children';
  left[most] += Math.max(0, branches.length - limits[most]);
  return branches.slice(0, limits[most]).map((branch) => ({ branch, parentKey: above?.treeKey ?? ROOT, depth }));
}

/** The roots as branches. Their chains are the chains that start from them. */
const rootsOf = (links: readonly Link[], followers: ReadonlyMap<AppKey, readonly Branch[]>): Branch[] =>
  startsOf(links).map(({ after }) => {
    const app = appKey(after);
    const chains = (followers.get(app) ?? []).flatMap((branch) => [...branch.chains]);
    return { app, chains: new Set(chains), on: new Set() };
  });

/** For each app: the branches to the apps that follow it. */
const branchesOf = (links: readonly Link[]): ReadonlyMap<AppKey, readonly Branch[]> =>
  new Map(
    [...groupBy(links, ({ after }) => appKey(after))].map(([upstream, followers]) => [
      upstream,
      [...groupBy(followers, ({ target }) => appKey(target))].map(([app, between]) => ({
        app,
        chains: new Set(between.map(({ chain }) => chain)),
        on: new Set(between.map(({ on }) => on)),
      })),
    ]),
  );

function rowAt({ branch, parentKey, depth }: Place, apps: CompiledChains['apps']): TreeRow {
  const app = apps[branch.app];
  // A name is `chain/name`. An app that no file names is shown by its key, `tenant/appId`. The `#` keeps the two apart.
  const part = app?.names[0] ?? `#${branch.app}`;
  return {
    treeKey: parentKey === ROOT ? part : `${parentKey} > ${part}`,
    treeParentKey: parentKey,
    treeLabel: app?.label ?? branch.app,
    nodeId: branch.app,
    treeDepth: depth,
    treeChains: [...branch.chains].join(', '),
    treeOn: [...branch.on].join(', '),
  };
}

/** Says in words what was left out. */
function cutOf(left: Readonly<LeftOut>, limits: TreeLimits): TreeCut | null {
  const texts: Readonly<Record<keyof TreeLimits, string>> = {
    roots: `more than ${limits.roots} roots`,
    children: `more than ${limits.children} apps after one app`,
    depth: `deeper than ${limits.depth}`,
    rows: `more than ${limits.rows} nodes`,
    bytes: `more than ${limits.bytes} bytes`,
  };
  const met = (Object.keys(texts) as (keyof TreeLimits)[]).filter((limit) => left[limit] > 0);
  if (met.length === 0) return null;
  const why = met.map((limit) => `${texts[limit]}: ${left[limit]} left out`).join('; ');
  return { branches: met.reduce((sum, limit) => sum + left[limit], 0), why };
}
