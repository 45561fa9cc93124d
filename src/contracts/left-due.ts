import { isJsonObject } from '../core/json-fields.ts';

const LISTS_OF_THE_LEDGER = ['due', 'wake', 'hints', 'slots', 'unrecorded', 'owing'] as const;

/**
 * How much of what a step was given is in the ledger and due, whatever else it was given; 0 if it says of nothing that it is.
 *
 * While a deployment replaces the steps of a sequence one by one, a step may get the envelope of another version: with
 * other keys in it, under another key, or under none.
 *
 * @param params - the step's parameters, its settings among them.
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
