import type { CompiledChains, Link } from '../link.ts';
import { type AppKey, appKey } from '../names.ts';
import { jsonBytes, LARGEST_DATA_BYTES } from './json-bytes.ts';
import { startsOf } from './rows-of.ts';

/** One node of the unrolled tree: an app, at one of the places from which it is reached. */
export interface TreeRow {
  /** The path from the root, so that an app that is reached twice is two nodes. */
  readonly treeKey: string;
  /** The key of the node above; `ROOT` for the first ones. */
  readonly treeParentKey: string;
  readonly treeLabel: string;
  /** `tenant/appId`: the one column that the tree shares with the rows. */
  readonly nodeId: string;
  /** 1 for the roots. */
  readonly treeDepth: number;
  /** The chains whose links lead here, `, ` between them; `''` for the roots. */
  readonly treeChains: string;
  /** Which ends of the app above lead here, `, ` between them; `''` for the roots. */
  readonly treeOn: string;
}

/** How large a tree may get: what Qlik's org chart shows, and what OpenWhisk lets an action answer. */
export interface TreeLimits {
  readonly roots: number;
  readonly children: number;
  readonly depth: number;
  readonly rows: number;
  readonly bytes: number;
}

export const TREE_LIMITS: TreeLimits = { roots: 99, children: 99, depth: 50, rows: 1_000, bytes: LARGEST_DATA_BYTES };

/** What was left out. */
export interface TreeCut {
  /** How many branches; each may have any number of nodes. */
  readonly branches: number;
  /** The limits that were met, in words. */
  readonly why: string;
}

export interface Tree {
  readonly rows: readonly TreeRow[];
  /** Null for a whole tree. */
  readonly cut: TreeCut | null;
}

/** No node's key, and not nothing: the org chart leaves out rows whose parent is null. */
const ROOT = 'ROOT';

interface Branch {
  readonly app: AppKey;
  readonly chains: Set<string>;
  readonly on: Set<string>;
}

interface Place {
  readonly branch: Branch;
  readonly parentKey: string;
  readonly depth: number;
}

/**
 * Unrolls the links into trees for Qlik's org chart, level by level, so that what is cut is far from the roots.
 *
 * The lower part of a diamond is repeated under each of its upper ends. Several links between the same two apps are one
 * branch.
 */
export function treeOf(links: readonly Link[], apps: CompiledChains['apps'], limits: TreeLimits = TREE_LIMITS): Tree {
  const branches = branchesOf(links);
  const cut: Record<keyof TreeLimits, number> = { roots: 0, children: 0, depth: 0, rows: 0, bytes: 0 };
  const take = (found: readonly Branch[], limit: 'roots' | 'children'): readonly Branch[] => {
    cut[limit] += Math.max(0, found.length - limits[limit]);
    return found.slice(0, limits[limit]);
  };
  const roots = startsOf(links).map(({ after }): Branch => ({ app: appKey(after), chains: new Set(), on: new Set() }));
  const places: Place[] = take(roots, 'roots').map((branch) => ({ branch, parentKey: ROOT, depth: 1 }));
  const rows: TreeRow[] = [];
  let bytes = 0;
  for (const [index, place] of places.entries()) {
    const row = rowAt(place, apps);
    bytes += jsonBytes(row) + 1;
    const full = rows.length === limits.rows ? 'rows' : bytes > limits.bytes ? 'bytes' : undefined;
    if (full !== undefined) {
      cut[full] = places.length - index;
      break;
    }
    rows.push(row);
    const children = branches.get(place.branch.app) ?? [];
    if (place.depth === limits.depth) cut.depth += children.length;
    else {
      const below = { parentKey: row.treeKey, depth: place.depth + 1 };
      places.push(...take(children, 'children').map((branch) => ({ branch, ...below })));
    }
  }
  return { rows, cut: cutOf(cut, limits) };
}

function branchesOf(links: readonly Link[]): ReadonlyMap<AppKey, readonly Branch[]> {
  const byUpstream = new Map<AppKey, Map<AppKey, Branch>>();
  for (const { after, target, chain, on } of links) {
    const branches = byUpstream.get(appKey(after)) ?? new Map<AppKey, Branch>();
    byUpstream.set(appKey(after), branches);
    const app = appKey(target);
    const branch = branches.get(app) ?? { app, chains: new Set(), on: new Set() };
    branches.set(app, branch);
    branch.chains.add(chain);
    branch.on.add(on);
  }
  return new Map([...byUpstream].map(([upstream, branches]) => [upstream, [...branches.values()]]));
}

function rowAt({ branch, parentKey, depth }: Place, apps: CompiledChains['apps']): TreeRow {
  const app = apps[branch.app];
  // `#` keeps an app that no file names apart from a `chain/name` of the same letters.
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

function cutOf(cut: Readonly<Record<keyof TreeLimits, number>>, limits: TreeLimits): TreeCut | null {
  const texts: Readonly<Record<keyof TreeLimits, string>> = {
    roots: `more than ${limits.roots} roots`,
    children: `more than ${limits.children} apps after one app`,
    depth: `deeper than ${limits.depth}`,
    rows: `more than ${limits.rows} nodes`,
    bytes: `more than ${limits.bytes} bytes`,
  };
  const met = (Object.keys(texts) as (keyof TreeLimits)[]).filter((limit) => cut[limit] > 0);
  if (met.length === 0) return null;
  const why = met.map((limit) => `${texts[limit]}: ${cut[limit]} left out`).join('; ');
  return { branches: met.reduce((sum, limit) => sum + cut[limit], 0), why };
}
