import { runLine } from '../../model/run-line.ts';
import { runWith } from '../../model/run-with.ts';
import { hrefToRun, RUN_TABS, type RunTab, readRunTab } from '../../model/runs-address.ts';
import { Back } from '../../ui/back.tsx';
import { Choices } from '../../ui/choices.tsx';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';
import { RunHistory } from './run-history.tsx';
import { RunTimeline } from './run-timeline.tsx';
import { RunTree } from './run-tree.tsx';

/** The forms in which a run is shown. The URL says which one: `?as=timeline`. */
const TABS = {
  tree: { words: 'Tree', Content: RunTree },
  timeline: { words: 'Timeline', Content: RunTimeline },
  history: { words: 'History', Content: RunHistory },
} as const satisfies Readonly<Record<RunTab, unknown>>;

/**
 * Shows one run (a first reload, and all reloads that follow from it) as a tree, on a line of time, or as a list of
 * what happened. The view Runs shows this if its URL names a run.
 *
 * @param id - the id of any end or order of the run, because messages link to the end that they are about. An order is
 *   a reload that Cascade owes.
 */
export function OneRun({ ledger, route, now, id }: ViewProps & { readonly id: string }) {
  const run = runWith(id, ledger.runs.value);
  if (run === undefined) {
    return (
      <>
        <Back view="runs" />
        <p>This run is not on the device. It is older than 14 days, it was removed, or its address has a mistake.</p>
      </>
    );
  }
  const line = runLine(run, [...ledger.of('join').values()], ledger.labelOf, now);
  const tab = readRunTab(route);
  const { Content } = TABS[tab];
  return (
    <>
      <Back view="runs" />
      <Heading text={line.title} />
      <p>
        <Mark state={line.state} /> {`${line.title}${line.first}; ${line.followed}. Took ${line.took}.`}
      </p>
      <Choices
        label="Show the run as"
        choices={RUN_TABS.map((each) => ({
          ...{ words: TABS[each].words, href: hrefToRun(run.root, each), isChosen: each === tab },
        }))}
      />
      <Content run={run} ledger={ledger} now={now} />
      <p>
        On the command line: <CopyCommand command={`npx cascade runs ${run.root}`} />
      </p>
    </>
  );
}
