import type { Run } from '../../../src/core/runs/group-runs.ts';
import { runLine } from '../../model/run-line.ts';
import { hrefToRun, hrefToRuns, LIST_STEP, type RunsAddress } from '../../model/runs-address.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';

interface RunListProps extends Pick<ViewProps, 'ledger' | 'now'> {
  /** The newest one first. */
  readonly runs: readonly Run[];
  readonly address: RunsAddress;
}

/** The newest runs, and a link that shows more of them. */
export function RunList({ runs, address, ledger, now }: RunListProps) {
  const { limit } = address;
  const lines = runs.slice(0, limit).map((run) => runLine(run, ledger.labelOf, now));
  return (
    <>
      <table class="rows">
        <caption class="unseen">The newest runs</caption>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Began</th>
            <th scope="col">With</th>
            <th scope="col">What followed</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.root}>
              <td>
                <Mark state={line.state} />
              </td>
              <td data-label="Began">
                <Instant at={line.beganAt} now={now} />
              </td>
              <th scope="row">
                <a href={hrefToRun(line.root)}>{line.beginning}</a>
              </th>
              <td>{line.followed}</td>
              <td data-label="Took">{line.took}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {runs.length > limit && (
        <p>
          <a href={hrefToRuns({ ...address, limit: limit + LIST_STEP })}>Show older runs</a>
        </p>
      )}
    </>
  );
}
