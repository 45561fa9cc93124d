/** The actions and sequences whose runs the action `meter` counts for the metrics: all those of manifest.yaml. */
export const METERED: readonly string[] = [
  ...['receiver', 'resolver', 'invoker', 'reload', 'collector', 'storer', 'notifier', 'chains', 'metrics', 'meter'],
  'dashboard',
  ...['webhook', 'sweep', 'record'],
];

/**
 * The actions and sequences of questions.yaml, by package and name. Not every deployment has them. So the meter counts
 * one of them only after the host has listed a run of it.
 */
export const METERED_IF_RUN: readonly string[] = ['collector', 'invoker', 'storer', 'socron', 'qhandler'].map(
  (name) => `questions/${name}`,
);
