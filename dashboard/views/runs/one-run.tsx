import { stateWords } from '../../../src/core/runs/order-words.ts';
import { reloadTimes, reloadTimesText } from '../../../src/core/runs/reload-times.ts';
import { type RunNode, treesOf } from '../../../src/core/runs/run-tree.ts';
import { skipWords } from '../../../src/core/runs/skip-words.ts';
import { nodeState } from '../../model/mark.ts';
import { runLine } from '../../model/run-line.ts';
import { hrefTo } from '../../routes.ts';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';

/** One run as a tree: below each reload are the reloads that its end called for. */
export function OneRun({ ledger, now, root }: ViewProps & { readonly root: string }) {
  const run = ledger.runs.value.find((each) => each.root === root);
  const back = (
    <p>
      <a href={hrefTo('runs')}>All runs</a>
    </p>
  );
  if (run === undefined) {
    return (
      <>
        {back}
        <p>This run is not on the device. It is older than 14 days, it was removed, or its address has a mistake.</p>
      </>
    );
  }
  const { beginning, followed, took, state } = runLine(run, ledger.labelOf, now);
  return (
    <>
      {back}
      <h2>{beginning}</h2>
      <p>
        <Mark state={state} /> {followed}. Took {took}.
      </p>
      <Branch nodes={treesOf(run)} ledger={ledger} now={now} />
      <p>
        On the command line: <CopyCommand command={`npx cascade runs ${root}`} />
      </p>
    </>
  );
}

interface BranchProps extends Pick<ViewProps, 'ledger' | 'now'> {
  readonly nodes: readonly RunNode[];
}

function Branch({ nodes, ledger, now }: BranchProps) {
  return (
    <ul class="tree">
      {nodes.map((node) => (
        <li key={node.order?._id ?? node.event?._id}>
          <Reload node={node} ledger={ledger} now={now} />
          {node.followers.length > 0 && <Branch nodes={node.followers} ledger={ledger} now={now} />}
        </li>
      ))}
    </ul>
  );
}

/** One reload: its app, how it stands, how long it took, and why something did not follow. */
function Reload({ node, ledger, now }: Omit<BranchProps, 'nodes'> & { readonly node: RunNode }) {
  const { app, event, order, skips } = node;
  return (
    <>
      <Mark state={nodeState(node)} /> <b>{ledger.labelOf(app)}</b>
      {event === undefined && order !== undefined && ` ${stateWords(order, now)}`}
      {event !== undefined && (
        <>
          {' at '}
          <Instant at={event.endedAt} now={now} /> {reloadTimesText(reloadTimes(event))}
          {event.error !== undefined && <p class="error">{event.error.message}</p>}
        </>
      )}
      {skips.map((skip) => (
        <p key={JSON.stringify(skip)} class="aside">
          {skipWords(skip, ledger.labelOf)}
        </p>
      ))}
    </>
  );
}
