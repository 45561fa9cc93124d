/*
 * The web action `chains` shows people which app follows which, for charts in a Qlik app. This file makes the rows for
 * Qlik's network chart, which draws apps as nodes and links as edges. A link is one step of a chain: it says that one
 * app (the target) follows another (its upstream).
 */

import { homeChains, linksByChain } from '../../src/core/chains/home-chains.ts';
import type { CompiledChains, Link, On } from '../../src/core/link.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';

/**
 * One flat row of `chains`: a link, or an app from which a chain starts (docs/chains-in-qlik.md lists the columns).
 * Every row has every column: `''` in a column of text, or null in a column of numbers, means that there is no value.
 */
export interface ChainRow {
  readonly chain: string;
  /**
   * The link's own name. `''` if it has none, as most links. A link that waits for several apps and has no name has `j`
   * and a hash here, so that its rows can be told apart from those of other links.
   */
  readonly link: string;
  readonly tenant: string;
  readonly appId: string;
  /** `tenant/appId`. */
  readonly nodeId: string;
  readonly nodeLabel: string;
  /** The upstream's node id; `''` if the chain starts from this app. */
  readonly parentId: string;
  readonly parentLabel: string;
  /** The one chain with which the app is drawn, even if several chains have it. All rows of a node have the same. */
  readonly group: string;
  readonly on: On | '';
  readonly partial: 0 | 1 | null;
  readonly weight: number | null;
  /** A JSON object as text. */
  readonly variables: string;
  readonly paused: 0 | 1;
  /**
   * A link that waits for several apps has a row for each of them. `atLeast` says how many of these apps must have
   * ended.
   */
  readonly atLeast: number | null;
  /** How many apps the link waits for. */
  readonly outOf: number | null;
  readonly withinSeconds: number | null;
  readonly lastStatus: string;
  readonly lastReloadId: string;
  readonly lastStartedAt: string;
  readonly lastStartedEpochSeconds: number | null;
  readonly lastEndedAt: string;
  readonly lastEndedEpochSeconds: number | null;
  readonly lastDurationSeconds: number | null;
  readonly lastErrorCode: string;
}

const EMPTY_ROW: ChainRow = {
  chain: '',
  link: '',
  tenant: '',
  appId: '',
  nodeId: '',
  nodeLabel: '',
  parentId: '',
  parentLabel: '',
  group: '',
  on: '',
  partial: null,
  weight: null,
  variables: '',
  paused: 0,
  atLeast: null,
  outOf: null,
  withinSeconds: null,
  lastStatus: '',
  lastReloadId: '',
  lastStartedAt: '',
  lastStartedEpochSeconds: null,
  lastEndedAt: '',
  lastEndedEpochSeconds: null,
  lastDurationSeconds: null,
  lastErrorCode: '',
};

/** The columns in their order, for rows as JSON and for lines of CSV. */
export const CHAIN_ROW_COLUMNS = Object.keys(EMPTY_ROW) as readonly (keyof ChainRow)[];

type NodePart = Pick<ChainRow, 'tenant' | 'appId' | 'nodeId' | 'nodeLabel' | 'group'>;

/**
 * The compiled chains as rows for Qlik's network chart. Each chain has first one row for each app from which it starts,
 * then one row for each link.
 *
 * A chain starts from an app that follows no other app in this chain. Such an app needs a row of its own: the chart
 * draws only apps that have a row, and drops edges to any other app. Each chain has its own start rows, so that its
 * rows are a whole graph.
 */
export function rowsOf(compiled: CompiledChains): readonly ChainRow[] {
  const byChain = linksByChain(compiled);
  const homeOf = homeChains(compiled);
  const nodeOf = ({ tenant, appId }: AppRef): NodePart => {
    const nodeId = appKey({ tenant, appId });
    const known = compiled.apps[nodeId];
    return { tenant, appId, nodeId, nodeLabel: known?.label ?? appId, group: homeOf(nodeId) };
  };
  return [...byChain.values()].flatMap((links) => [
    ...startsOf(links).map((link) => nodeRow(link, nodeOf(link.after))),
    ...links.map((link) => linkRow(link, nodeOf(link.target), nodeOf(link.after))),
  ]);
}

/** For each app that follows no other app by these links: one of the links from this app. */
export function startsOf(links: readonly Link[]): readonly Link[] {
  const targets = new Set(links.map(({ target }) => appKey(target)));
  const starts = new Map(
    links.filter(({ after }) => !targets.has(appKey(after))).map((link) => [appKey(link.after), link]),
  );
  return [...starts.values()];
}

/** The row of a node from which a chain starts. */
const nodeRow = ({ chain, paused }: Link, node: NodePart): ChainRow => ({
  ...EMPTY_ROW,
  ...node,
  chain,
  paused: paused ? 1 : 0,
});

const linkRow = (link: Link, node: NodePart, parent: NodePart): ChainRow => ({
  ...nodeRow(link, node),
  link: link.clause === UNNAMED ? '' : link.clause,
  parentId: parent.nodeId,
  parentLabel: parent.nodeLabel,
  on: link.on,
  partial: link.body.partial === true ? 1 : 0,
  weight: link.body.weight ?? null,
  variables: link.body.variables === undefined ? '' : JSON.stringify(link.body.variables),
  ...(link.join !== undefined && {
    atLeast: link.join.atLeast,
    outOf: Object.keys(link.join.of).length,
    withinSeconds: link.join.within / 1_000,
  }),
});

/** The `clause` of a link that waits for one app and has no name. */
const UNNAMED = 's';
