import { appOfStateId } from '../../src/core/document-ids.ts';
import type { AllSamples, Sample } from '../../src/core/metrics/open-metrics.ts';
import { OUTCOMES } from '../../src/core/reload-finished.ts';
import type { AppStateDocument } from '../../src/ledger/documents/app-state.ts';

type AppSamples = Pick<
  AllSamples,
  'cascade_reloads' | 'cascade_reload_seconds' | 'cascade_app_failing' | 'cascade_app_last_success_timestamp_seconds'
>;

/**
 * These outcomes have a sample (a number with labels) for each app from the beginning, even if it is 0. So the first
 * failure is an increase of a number. If the first failure began a new time series, Prometheus would see no increase.
 */
const ALWAYS_SHOWN: readonly string[] = ['succeeded', 'failed'];

/**
 * Turns the ledger's documents of apps into the numbers that the action `metrics` prints for Prometheus: how often and
 * how long each app was reloaded, whether it fails, and when it last succeeded. An outcome that is not `ALWAYS_SHOWN`
 * is left out while its number is 0.
 */
export function appSamples(apps: readonly AppStateDocument[]): AppSamples {
  const states = apps.map((state) => {
    const { tenant, appId } = appOfStateId(state._id);
    return { ...state, labels: [tenant, appId] };
  });
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
