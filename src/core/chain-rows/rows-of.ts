import type { ChainApp, CompiledChains, Link } from '../link.ts';
import { type AppRef, appKey, type ChainName } from '../names.ts';
import { type ChainRow, NO_LAST_RELOAD } from './chain-row.ts';
import { linksByChain } from './links-by-chain.ts';

type NodePart = Pick<ChainRow, 'tenant' | 'appId' | 'nodeId' | 'nodeLabel' | 'group'>;

/**
 * The compiled chains as rows for Qlik's network chart: for each chain, first one row for each app from which it starts,
 * then one for each link.
 *
 * A chain starts from an app that follows no other in this chain. Without its row the app would be an end of edges with
 * no node: the chart makes nodes of row ids alone, and drops edges to others. Each chain has its own such rows, so that
 * the rows of one chain are a whole graph however they are selected.
 */
export function rowsOf(compiled: CompiledChains): readonly ChainRow[] {
  const byChain = linksByChain(compiled);
  const groups = groupsOf(byChain);
  const nodeOf = (app: AppRef): NodePart => {
    const nodeId = appKey(app);
    const known = compiled.apps[nodeId];
    const { tenant, appId } = app;
    return { tenant, appId, nodeId, nodeLabel: labelOf(app, known), group: groupOf(known) ?? groups.get(nodeId) ?? '' };
  };
  return [...byChain.values()].flatMap((links) => [
    ...startsOf(links).map((link) => startRow(link, nodeOf(link.after))),
    ...links.map((link) => linkRow(link, nodeOf(link.target), nodeOf(link.after))),
  ]);
}

const labelOf = (app: AppRef, known: ChainApp | undefined): string => known?.label ?? app.appId;

/** The first chain, by name, whose file names the app. */
const groupOf = (app: ChainApp | undefined): string | undefined => app?.names[0]?.split('/')[0];

/** For apps that no file names: the first chain, by name, that has a link with it. */
function groupsOf(byChain: ReadonlyMap<ChainName, readonly Link[]>): ReadonlyMap<string, ChainName> {
  const groups = new Map<string, ChainName>();
  for (const [chain, links] of byChain) {
    for (const app of links.flatMap((link) => [link.after, link.target])) {
      if (!groups.has(appKey(app))) groups.set(appKey(app), chain);
    }
  }
  return groups;
}

/** One link for each app that follows no other among these links. */
export function startsOf(links: readonly Link[]): readonly Link[] {
  const targets = new Set(links.map(({ target }) => appKey(target)));
  const starts = new Map(
    links.filter(({ after }) => !targets.has(appKey(after))).map((link) => [appKey(link.after), link]),
  );
  return [...starts.values()];
}

const startRow = ({ chain, paused }: Link, node: NodePart): ChainRow => ({
  chain,
  link: '',
  ...node,
  parentId: '',
  parentLabel: '',
  on: '',
  partial: null,
  weight: null,
  variables: '',
  paused: paused ? 1 : 0,
  ...NO_LAST_RELOAD,
});

const linkRow = ({ chain, clause, on, body, paused }: Link, node: NodePart, parent: NodePart): ChainRow => ({
  chain,
  link: clause === UNNAMED ? '' : clause,
  ...node,
  parentId: parent.nodeId,
  parentLabel: parent.nodeLabel,
  on,
  partial: body.partial === true ? 1 : 0,
  weight: body.weight ?? null,
  variables: body.variables === undefined ? '' : JSON.stringify(body.variables),
  paused: paused ? 1 : 0,
  ...NO_LAST_RELOAD,
});

/** The clause of a link without a name. */
const UNNAMED = 's';
