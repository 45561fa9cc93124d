import type { View, ViewProps } from '../view.ts';
import { AllRuns } from './all-runs.tsx';
import { OneRun } from './one-run.tsx';

/**
 * Runs: `#/runs` has all of them, `#/runs/<id>` shows one. A run is a first reload, and all reloads that follow from it.
 * The model's `runs-address.ts` says what else is in the URL.
 */
export const runsView: View = { name: 'runs', title: 'Runs', Content: Runs };

function Runs(props: ViewProps) {
  const [id] = props.route.path;
  return id === undefined ? <AllRuns {...props} /> : <OneRun {...props} id={id} />;
}
