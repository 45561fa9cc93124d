import { ORDER_ARROWS } from '../support/order-arrows.ts';
import type { Counters, Counts } from './world/counters.ts';
import { FAULT_NAMES } from './world/faults.ts';

/** What Qlik may answer to a POST. */
const ANSWERS = [
  '201',
  'no answer',
  'no answer, accepted',
  '5xx',
  '5xx, accepted',
  'RELOADS-007',
  'HTTP-429',
  'RELOADS-013',
  '400',
  '401',
  '403',
  '404',
] as const;

const zerosIn = (counts: Counts, names: readonly string[]): readonly string[] => names.filter((name) => !counts[name]);

/** The faults, arrows and answers that never occurred. */
export const neverSeen = ({ faults, arrows, answers }: Counters): readonly string[] => [
  ...zerosIn(faults, FAULT_NAMES),
  ...zerosIn(arrows, ORDER_ARROWS),
  ...zerosIn(answers, ANSWERS),
];

/** A table for people: how often each fault, arrow and answer occurred. */
export const tableOf = ({ faults, arrows, answers, did }: Counters): string =>
  [
    section('Faults', faults, FAULT_NAMES),
    section('Arrows of an order’s life', arrows, ORDER_ARROWS),
    section('Answers to POST /reloads', answers, ANSWERS),
    section('What reload did', did, Object.keys(did)),
  ].join('\n\n');

function section(title: string, counts: Counts, names: readonly string[]): string {
  const rows = names.map((name) => `  ${String(counts[name] ?? 0).padStart(8)}  ${name}`);
  return [title, ...rows].join('\n');
}
