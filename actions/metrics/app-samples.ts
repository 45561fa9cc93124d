import { type AppState, appStateFrom } from '../../src/core/desk/app-state.ts';
import type { AllSamples, Sample } from '../../src/core/metrics/open-metrics.ts';
import { OUTCOMES } from '../../src/core/reload-finished.ts';
import type { AppStateDocument } from '../../src/ledger/documents/app-state.ts';

type AppSamples = Pick<
  AllSamples,
  'cascade_reloads' | 'cascade_reload_seconds' | 'cascade_app_failing' | 'cascade_app_last_success_timestamp_seconds'
>;

/** Outcomes with a time series from an app's first end on: so the first failure is an increase, and no new series. */
const ALWAYS_SHOWN: readonly string[] = ['succeeded', 'failed'];

/** The samples about apps. An outcome other than success and failure has a time series from its first end on. */
export function appSamples(apps: readonly AppStateDocument[]): AppSamples {
  const states = apps.map(stateOf).map((state) => ({ ...state, labels: [state.last.tenant, state.last.appId] }));
  const byOutcome = (numbers: 'counts' | 'seconds'): Sample[] =>
    states.flatMap(({ labels, ...state }) =>
      OUTCOMES.filter((outcome) => state[numbers][outcome] > 0 || ALWAYS_SHOWN.includes(outcome)).map((outcome) => ({
        labels: [...labels, outcome],
        value: state[numbers][outcome],
      })),
    );
  return {
    cascade_reloads: byOutcome('counts'),
    cascade_reload_seconds: byOutcome('seconds'),
    cascade_app_failing: states.map(({ labels, failing }) => ({ labels, value: failing === undefined ? 0 : 1 })),
    cascade_app_last_success_timestamp_seconds: states.flatMap(({ labels, lastSuccess }) =>
      lastSuccess === undefined ? [] : [{ labels, value: lastSuccess.endedAt / 1_000 }],
    ),
  };
}

/** A document that only knows an app's last end counts as that end. */
const stateOf = (document: AppStateDocument & Partial<AppState>): AppState =>
  document.counts === undefined ? appStateFrom(document.last) : (document as AppState);
