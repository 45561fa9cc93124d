import type { ChainGraph } from '../../../src/core/graph/chain-graph.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { followWords } from '../../model/follow-words.ts';
import { hrefToNow, type NowAddress } from '../../model/now-address.ts';
import type { NowLine } from '../../model/now-lines.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Attempt } from './attempt.tsx';

interface AppTableProps {
  readonly lines: readonly NowLine[];
  readonly graph: ChainGraph;
  readonly address: NowAddress;
  readonly now: EpochMs;
}

/**
 * Shows the apps of the graph as a table: how each stands, since when, and what it follows. It is for people who prefer
 * a table, or cannot see the graph. The link beside the filter, or the key t, switches to it.
 */
export function AppTable({ lines, graph, address, now }: AppTableProps) {
  return (
    <table class="rows apps">
      <caption class="unseen">The apps of the chains</caption>
      <thead>
        <tr>
          <th scope="col">Chain</th>
          <th scope="col">App</th>
          <th scope="col">State</th>
          <th scope="col">Since</th>
          <th scope="col">Waits for</th>
          <th scope="col">Follows</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ app, state, at, attempt, waitsFor }) => (
          <tr key={app.key}>
            <td data-label="Chain">{app.home}</td>
            <th scope="row">
              <a href={hrefToNow({ ...address, selected: app.key })}>{app.label}</a>
            </th>
            <td>
              <Mark state={state} />
              <Attempt {...{ attempt, now }} />
            </td>
            <td data-label="Since">{at !== undefined && <Instant at={at} now={now} />}</td>
            <td data-label="Waits for">{waitsFor}</td>
            <td data-label="Follows">{followWords(app, graph).upstreams.join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
