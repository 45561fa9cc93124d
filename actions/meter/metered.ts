/** The actions and sequences of manifest.yaml whose activations are counted: all of them. */
export const METERED: readonly string[] = [
  ...['receiver', 'resolver', 'invoker', 'reload', 'collector', 'storer', 'notifier', 'chains', 'metrics', 'meter'],
  'dashboard',
  ...['webhook', 'sweep', 'record'],
];
