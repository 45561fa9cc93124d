import { appKey } from '../../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../../src/core/runs/facts.ts';
import { mayCancel } from '../../../src/core/runs/may-cancel.ts';
import { stateWords } from '../../../src/core/runs/order-words.ts';
import { reloadTimes, reloadTimesText } from '../../../src/core/runs/reload-times.ts';
import { type RunNode, treesOf } from '../../../src/core/runs/run-tree.ts';
import { nodeState } from '../../model/mark.ts';
import { notSetOff } from '../../model/not-set-off.ts';
import { givenUpIn } from '../../model/open-problems.ts';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Dismiss } from '../../ui/dismiss.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';
import type { RunProps } from './run-props.ts';

/**
 * Shows a run as a tree: below each reload are the reloads that its end called for. A run is a first reload, and all
 * reloads that follow from it. It is one of the three forms in which the view Runs shows a run.
 */
export const RunTree = ({ run, ...rest }: RunProps) => <Branch nodes={treesOf(run)} {...rest} />;

interface BranchProps extends Omit<RunProps, 'run'> {
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

interface ReloadProps extends Omit<RunProps, 'run'> {
  readonly node: RunNode;
}

/**
 * One reload: its app, how it stands, how long it took, its earlier attempts, why something did not follow, and what a
 * person can do. `event` is the end of the reload. `order` is the order for it (a reload that Cascade owes). A skip is
 * a link of a chain that the end did not set off.
 */
function Reload({ node, ledger, now }: ReloadProps) {
  const { app, event, order, attempts = [], skips } = node;
  return (
    <>
      <Mark state={nodeState(node)} /> <b>{ledger.labelOf(app)}</b>
      {event === undefined && order !== undefined && (
        <>
          {' '}
          <Sentence text={stateWords(order, now)} now={now} labelOf={ledger.labelOf} />
        </>
      )}
      {event !== undefined && (
        <>
          {' at '}
          <Instant at={event.endedAt} now={now} />
          {timesWords(event)}
          {event.error !== undefined && <p class="error">{event.error.message}</p>}
        </>
      )}
      {attempts.map((attempt, index) => (
        <p key={attempt._id} class="aside">
          Attempt {index + 1}: <Mark state={nodeState({ event: attempt, ...(order !== undefined && { order }) })} /> at{' '}
          <Instant at={attempt.endedAt} now={now} /> {attempt.error?.message}
        </p>
      ))}
      {skips.map((skip) => (
        <p key={JSON.stringify(skip)} class="aside">
          <Sentence text={notSetOff(skip, ledger, ledger.labelOf, now)} now={now} labelOf={ledger.labelOf} />
        </p>
      ))}
      <Commands node={node} ledger={ledger} />
    </>
  );
}

/** The times of a reload: `, queued 5 s, ran 41 s`. The text is empty if Qlik did not say them. */
const timesWords = (event: EventFact): string => {
  const text = reloadTimesText(reloadTimes(event));
  return text === '' ? '' : `, ${text}`;
};

/** The commands for one reload. The page itself may not start or cancel reloads, so a person copies a command. */
function Commands({ node: { app, event, order }, ledger }: Omit<ReloadProps, 'now'>) {
  const isOpen = order !== undefined && event === undefined;
  if (event === undefined && !isOpen) return null;
  if (isOpen && order.state === 'gave-up') return <GivenUp order={order} ledger={ledger} />;
  return (
    <details>
      <summary>Commands for {ledger.labelOf(app)}</summary>
      {event !== undefined && (
        <p>
          Order what follows it once more: <CopyCommand command={`npx cascade replay ${event._id}`} />
        </p>
      )}
      {isOpen && <Cancel order={order} />}
    </details>
  );
}

/** A person may dismiss a reload that was given up, if nobody has done so, and if its app has not succeeded since. */
function GivenUp({ order, ledger }: { readonly order: OrderFact } & Pick<RunProps, 'ledger'>) {
  if (givenUpIn(ledger).get(appKey(order))?.includes(order)) return <Dismiss id={order._id} />;
  return <p class="aside">Its app has succeeded since, or somebody has dismissed it.</p>;
}

function Cancel({ order: { _id, state } }: { readonly order: NonNullable<RunNode['order']> }) {
  const may = mayCancel(state);
  if (may.kind === 'refused') return <p>It cannot be called off: {may.why}.</p>;
  return (
    <p>
      Call it off: <CopyCommand command={`npx cascade cancel ${_id}`} />
    </p>
  );
}
