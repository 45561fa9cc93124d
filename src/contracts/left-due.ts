import { isJsonObject } from '../core/json-fields.ts';

/** Lists of work that is in the ledger. Of `events`, only those with `stored` are. */
const LISTS_OF_THE_LEDGER = ['due', 'wake', 'hints', 'slots', 'unrecorded', 'owing'] as const;

/**
 * Counts the pieces of work in a step's parameters that are also in the ledger (Cascade's memory). The actions
 * `resolver` and `invoker` need this if they fail. Work in the ledger is due: the sweep (it runs every 5 minutes) does
 * it. So if there is any, the failed step does not report a failure to the sender of the webhook.
 *
 * The parameters may have any form: while a deployment replaces the steps of a sequence one by one, a step may get the
 * parameters of another version.
 *
 * @param params - the step's parameters with its settings: the lists of work are in `params`, or in one of its values.
 */
export const leftDueIn = (params: Readonly<Record<string, unknown>>): number =>
  Math.max(...[params, ...Object.values(params)].map(leftIn));

function leftIn(envelope: unknown): number {
  if (!isJsonObject(envelope)) return 0;
  const stored = listIn(envelope['events']).filter((event) => isJsonObject(event) && 'stored' in event);
  const others = LISTS_OF_THE_LEDGER.flatMap((name) => listIn(envelope[name]));
  const undecided = Number(envelope['undecided'] ?? 0);
  return stored.length + others.length + (undecided > 0 ? undecided : 0);
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
