import { filterRuns } from '../../model/run-grid.ts';
import { hrefToRuns, readRunsAddress } from '../../model/runs-address.ts';
import { Choices } from '../../ui/choices.tsx';
import type { ViewProps } from '../view.ts';
import { RunGridTable } from './run-grid-table.tsx';
import { RunList } from './run-list.tsx';

/**
 * Shows all runs, or the failed ones, as a list or as a grid. A run is a first reload, and all reloads that follow from
 * it. The view Runs shows this if its URL names no run.
 */
export function AllRuns({ ledger, route, now }: ViewProps) {
  const address = readRunsAddress(route);
  const { as, filter } = address;
  const all = ledger.runs.value;
  if (all.length === 0) return <p>No runs yet: no reload of an app in a chain has ended in the last 14 days.</p>;
  const runs = filterRuns(all, filter);
  return (
    <>
      <div class="filters">
        <Choices
          label="Show the runs as"
          choices={(['list', 'grid'] as const).map((each) => ({
            words: each === 'list' ? 'List' : 'Grid',
            href: hrefToRuns({ ...address, as: each }),
            isChosen: each === as,
          }))}
        />
        <Choices
          label="Which runs"
          choices={(['all', 'failed'] as const).map((each) => ({
            words: each === 'all' ? 'All runs' : 'Failed runs',
            href: hrefToRuns({ ...address, filter: each }),
            isChosen: each === filter,
          }))}
        />
      </div>
      {runs.length === 0 && <p>None of the {all.length} runs on this device has failed.</p>}
      {runs.length > 0 && as === 'list' && <RunList {...{ runs, address, ledger, now }} />}
      {runs.length > 0 && as === 'grid' && <RunGridTable {...{ runs, ledger, now }} />}
    </>
  );
}
