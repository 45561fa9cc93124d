import type { View, ViewProps } from '../view.ts';
import { OneRun } from './one-run.tsx';
import { RunList } from './run-list.tsx';

/** Runs: `#/runs` lists them, `#/runs/<root>` shows one. A run is a first reload, and all reloads that follow from it. */
export const runsView: View = { name: 'runs', title: 'Runs', Content: Runs };

function Runs(props: ViewProps) {
  const [root] = props.route.path;
  return root === undefined ? <RunList {...props} /> : <OneRun {...props} root={root} />;
}
