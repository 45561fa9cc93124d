import { runLine } from '../../model/run-line.ts';
import { hrefTo } from '../../routes.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';

const SHOWN = 100;

/** The newest runs. `?show=<n>` shows more of them. */
export function RunList({ ledger, route, now }: ViewProps) {
  const runs = ledger.runs.value;
  const limit = Math.max(SHOWN, Number(route.query.get('show')) || 0);
  if (runs.length === 0) return <p>No runs yet: no reload of an app in a chain has ended in the last 14 days.</p>;
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
              <td>
                <Instant at={line.beganAt} now={now} />
              </td>
              <th scope="row">
                <a href={hrefTo('runs', [line.root])}>{line.beginning}</a>
              </th>
              <td>{line.followed}</td>
              <td>{line.took}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {runs.length > limit && (
        <p>
          <a href={hrefTo('runs', [], { show: String(limit + SHOWN) })}>Show older runs</a>
        </p>
      )}
    </>
  );
}
