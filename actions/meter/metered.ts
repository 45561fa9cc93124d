/** The actions and sequences whose runs the action `meter` counts for the metrics: all those of manifest.yaml. */
export const METERED: readonly string[] = [
  ...['receiver', 'resolver', 'invoker', 'reload', 'collector', 'storer', 'notifier', 'chains', 'metrics', 'meter'],
  'dashboard',
  ...['webhook', 'sweep', 'record'],
];
