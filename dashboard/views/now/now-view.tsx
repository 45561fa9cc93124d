import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { chainGraph, type GraphApp } from '../../../src/core/graph/chain-graph.ts';
import { selectApps } from '../../../src/core/graph/select-apps.ts';
import { hrefToNow, type NowAddress, readNowAddress } from '../../model/now-address.ts';
import { drawApps, nowLines } from '../../model/now-lines.ts';
import { tagsOfApps } from '../../model/tags-of-apps.ts';
import { hasSingleKeys } from '../../single-keys.ts';
import type { View, ViewProps } from '../view.ts';
import { AlertTable } from './alert-table.tsx';
import { AppPanel } from './app-panel.tsx';
import { AppTable } from './app-table.tsx';
import { AttentionTable } from './attention-table.tsx';
import { ChainsGraph } from './chains-graph.tsx';
import { Filter } from './filter.tsx';
import { goTo } from './go-to.ts';

/**
 * The view Now, the first that a person sees: the apps that need somebody, and the deployed chains as a graph with how
 * each app stands. `#/now/<tenant>%2F<app>` opens the panel of an app. The URL also says the filter, whether a table
 * replaces the graph, and which part of the graph is seen.
 */
export const nowView: View = { name: 'now', title: 'Now', Content: Now };

function Now({ ledger, route, now }: ViewProps) {
  const chains = ledger.chains.value;
  const graph = useMemo(() => chainGraph(chains), [chains]);
  const address = readNowAddress(route);
  const lines = nowLines(graph, ledger, now);
  const tags = useComputed(() => tagsOfApps(ledger));
  const tagsOf = (app: GraphApp): readonly string[] => tags.value.get(app.key) ?? [];
  const { apps, problems } = selectApps(graph, chains, address.filter, tagsOf);
  const chosen = [...apps].join(' ');
  // The drawing depends on which apps there are, and not on how they stand. So it is not made anew with each change.
  // `apps` is a new set each time, and `chosen` stands for what is in it.
  const drawing = useMemo(
    () => (address.isTable ? undefined : drawApps(graph, apps)),
    [graph, chosen, address.isTable],
  );
  useTableKey(address);
  const selected = address.selected === undefined ? undefined : lines.find(({ app }) => app.key === address.selected);
  if (graph.apps.length === 0) return [<AlertTable key="alerts" {...{ ledger, now }} />, <NoChains key="none" />];
  return (
    <>
      <AttentionTable {...{ lines, address, ledger, now }} />
      <AlertTable {...{ ledger, now }} />
      <Filter address={address} count={apps.size} total={graph.apps.length} problems={problems} />
      <div class="now">
        {apps.size === 0 ? (
          <p>No app is left. Change the filter, or clear it.</p>
        ) : drawing === undefined ? (
          <AppTable lines={lines.filter((_, number) => apps.has(number))} graph={graph} address={address} now={now} />
        ) : (
          <ChainsGraph key={chosen} {...{ graph, drawing, lines, address, now }} />
        )}
        {address.selected !== undefined && <AppPanel {...{ line: selected, address, graph, chains, ledger, now }} />}
      </div>
    </>
  );
}

function NoChains() {
  return (
    <p>
      The ledger does not say which chains are deployed. Deploy once with <code>./build.sh deploy</code>, or wait until
      the documents have arrived here.
    </p>
  );
}

/**
 * The key t switches between graph and table. It does nothing while a person types into a field, or if the person has
 * switched such keys off.
 */
function useTableKey(address: NowAddress): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!hasSingleKeys.value) return;
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
      if (event.key !== 't' || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      goTo(hrefToNow({ ...address, isTable: !address.isTable }));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
