import type { Run } from '../../../src/core/runs/group-runs.ts';
import type { ViewProps } from '../view.ts';

/** What each way to show one run gets. */
export interface RunProps extends Pick<ViewProps, 'ledger' | 'now'> {
  readonly run: Run;
}
