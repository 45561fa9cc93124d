import type { Run } from '../../../src/core/runs/group-runs.ts';
import type { ViewProps } from '../view.ts';

/**
 * What the view Runs gives to each form of one run: tree, timeline and history. A run is a first reload, and all
 * reloads that follow from it.
 */
export interface RunProps extends Pick<ViewProps, 'ledger' | 'now'> {
  readonly run: Run;
}
