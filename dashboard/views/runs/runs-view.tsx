import type { View, ViewProps } from '../view.ts';
import { AllRuns } from './all-runs.tsx';
import { OneRun } from './one-run.tsx';

/**
 * The view Runs, where a person sees what was reloaded and what followed. `#/runs` has all runs, `#/runs/<id>` shows
 * one. A run is a first reload, and all reloads that follow from it. `runs-address.ts` in `model/` says what else is in
 * the URL.
 */
export const runsView: View = { name: 'runs', title: 'Runs', Content: Runs };

function Runs(props: ViewProps) {
  const [id] = props.route.path;
  return id === undefined ? <AllRuns {...props} /> : <OneRun {...props} id={id} />;
}
