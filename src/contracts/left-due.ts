import { isJsonObject } from '../core/json-fields.ts';

const LISTS_OF_THE_LEDGER = ['due', 'wake', 'hints', 'slots', 'unrecorded', 'owing'] as const;

/**
 * Counts the work that a step of a sequence was given and that is not lost if the step fails. This work is in the ledger
 * (Cascade's memory) and due, so the sweep, which runs every 5 minutes, does it.
 *
 * The function takes parameters of any form. While a deployment replaces the steps of a sequence one by one, a step may get
 * the parameters of another version, with other keys.
 *
 * @param params - the step's parameters, with its settings.
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
