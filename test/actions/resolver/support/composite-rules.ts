import type { NewDocument } from '../../../../src/clients/couchdb/couchdb-port.ts';
import { plannedOrder } from '../../../support/planned-order.ts';

/** When a link fires: how many of which apps must end, how they must end, and how far apart the ends may be. */
export interface Rule {
  readonly atLeast: number;
  readonly of: readonly string[];
  readonly on?: 'succeeded' | 'failed';
  readonly hours: number;
}
const ALL_AB: Rule = { atLeast: 2, of: ['A', 'B'], hours: 6 };

/**
 * An end, and the link's answer to it.
 *
 * `A2! 01:20` is reload A2 of app A, which failed at 01:20 by Qlik's clock. After a `†` the activation dies as soon as
 * it has written the link's document, so nobody gets its answer.
 *
 * Answers: `order B1 of A1` is a new order that the end B1 calls for, together with A1. All other answers, such as
 * `waits for B until 07:00`, are skips.
 */
type Row = readonly [
  end: string,
  /** The answer if Cascade hears of the ends from the first row to the last. */
  inThisOrder: string,
  /** The answer if Cascade hears of the ends from the last row to the first. */
  reversed: string,
  /** The answer if Cascade hears of all ends once more, in this order, after `inThisOrder`. */
  again: string,
];

/** One rule, with histories that show it. */
export interface RuleOfLinks {
  readonly id: string;
  readonly title: string;
  /** The words of docs/chains.md that state the rule. */
  readonly says: string;
  readonly link: Rule;
  readonly histories: readonly (readonly Row[])[];
  /** The documents that are in the ledger before the first end. */
  readonly ledger?: readonly NewDocument[];
}

/** The order of app B of which the reloads B1 and B2 are two attempts. */
const ATTEMPTS_OF_B: readonly NewDocument[] = [
  {
    ...{ ...plannedOrder, _id: 'order:default:B:s:r0', appId: 'B', state: 'posted', claims: 2, isCertain: true },
    ...{ try: 2, ends: ['B1'], reloadId: 'B2', createdAt: 1, postedAt: 1, dueAt: 3_600_000 },
    policy: { retry: { attempts: 1, delay: 60_000 } },
  },
  ...[1, 2].map((attempt) => ({
    ...{ _id: `started:default:B${attempt}`, schema: 1, type: 'started', order: 'order:default:B:s:r0', also: [] },
    ...{ isGuess: false, try: attempt, hops: 1, root: 'event:default:r0' },
  })),
];

/** The rules T1 to T12 and T14. T13 is about sixty apps, too many for a table. */
export const RULES: readonly RuleOfLinks[] = [
  {
    id: 'T1',
    title: 'if enough apps are ready, there is one reload',
    says: 'If enough apps are ready, the link sets off one reload, and no app is ready any more.',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'order B1 of A1', 'already-ordered B1'],
        ['B1 01:30', 'order B1 of A1', 'waits for A until 07:30', 'already-ordered B1'],
      ],
    ],
  },
  {
    id: 'T2',
    title: 'it is called for by the end that is last by Qlik’s time, and not by the one that arrives last',
    says: 'whatever the order in which they arrive',
    link: ALL_AB,
    histories: [
      [
        ['B1 01:30', 'waits for A until 07:30', 'order B1 of A1', 'already-ordered B1'],
        ['A1 01:00', 'order B1 of A1', 'waits for B until 07:00', 'already-ordered B1'],
      ],
    ],
  },
  {
    id: 'T3',
    title: 'superseded: a newer end of the same app takes the place of the older one',
    says: 'A newer end of the same app takes its place (*superseded*).',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'superseded', 'superseded'],
        ['A2 02:00', 'waits for B until 08:00', 'order B1 of A2', 'already-ordered B1'],
        ['B1 02:30', 'order B1 of A2', 'waits for A until 08:30', 'already-ordered B1'],
      ],
    ],
  },
  {
    id: 'T4',
    title: 'a late end counts at its own time, with what had ended by then',
    says: 'If an end arrives late, the link goes through its ends anew, by their times.',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'order B2 of A2; covered', 'already-ordered B1'],
        ['A2 02:00', 'waits for B until 08:00', 'order A2 of B1', 'already-ordered B2'],
        ['B1 01:30', 'order B1 of A1', 'superseded', 'already-ordered B1'],
        ['B2 03:00', 'order B2 of A2', 'waits for A until 09:00', 'already-ordered B2'],
      ],
    ],
  },
  {
    id: 'T5',
    title: 'withdrawn: an end that does not count makes its app not ready',
    says: 'makes its app not ready: what was ready is *withdrawn*.',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'withdrawn', 'withdrawn'],
        ['A2! 01:20', 'outcome-not-matched', 'outcome-not-matched', 'outcome-not-matched'],
        ['B1 01:30', 'waits for A until 07:30', 'order A3 of B1', 'already-ordered A3'],
        ['A3 02:00', 'order A3 of B1', 'waits for B until 08:00', 'already-ordered A3'],
      ],
    ],
  },
  {
    id: 'T6',
    title: 'a reload that was called for is never taken back; by the times, the other app still waits',
    says: '**A reload that was called for is never taken back**, even if a failed end arrives later',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'withdrawn', 'withdrawn'],
        ['B1 01:30', 'order B1 of A1', 'order A3 of B1', 'already-ordered A3'],
        ['A2! 01:20', 'outcome-not-matched', 'outcome-not-matched', 'outcome-not-matched'],
        ['A3 02:00', 'order A3 of B1', 'waits for B until 08:00', 'already-ordered A3'],
      ],
    ],
  },
  {
    id: 'T7',
    title: 'expired: ends exactly `within` apart count together, and a millisecond more is too far',
    says: 'An app stays ready for the time `within`. Then its end is *expired*. Ends exactly so far apart still count.',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'order B1 of A1', 'already-ordered B1'],
        ['B1 07:00', 'order B1 of A1', 'waits for A until 13:00', 'already-ordered B1'],
      ],
      [
        ['A1 01:00', 'waits for B until 07:00', 'expired', 'expired'],
        [
          'B1 07:00:00.001',
          'waits for A until 13:00:00.001',
          'waits for A until 13:00:00.001',
          'waits for A until 13:00:00.001',
        ],
      ],
      [
        ['A1 01:00', 'waits for B until 07:00', 'expired', 'expired'],
        ['A2! 07:00:00.001', 'outcome-not-matched', 'outcome-not-matched', 'outcome-not-matched'],
      ],
    ],
  },
  {
    id: 'T8',
    title: 'covered: if the app has reloaded after a newer end, a late one starts nothing',
    says: 'Covered: a ended at 01:00, b at 04:00, and the report reloaded; then the end of b at 02:30 arrives',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'covered', 'already-ordered B2'],
        ['B2 01:40', 'order B2 of A1', 'covered', 'already-ordered A2'],
        ['B1 01:30', 'covered', 'order A2 of B1', 'covered'],
        ['A2 02:00', 'order A2 of B2', 'waits for B until 08:00', 'already-ordered A2'],
      ],
    ],
  },
  {
    id: 'T9',
    title: 'an end that is heard twice counts once',
    says: '**The same end counts once**, however often it is reported',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'already-ordered B1', 'already-ordered B1'],
        ['B1 01:30', 'order B1 of A1', 'already-ordered B1', 'already-ordered B1'],
        ['A1 01:00', 'already-ordered B1', 'order B1 of A1', 'already-ordered B1'],
        ['B1 01:30', 'already-ordered B1', 'waits for A until 07:30', 'already-ordered B1'],
      ],
      [
        ['A1 01:00', 'waits for B until 07:00', 'waits for B until 07:00', 'waits for B until 07:00'],
        ['A1 01:00', 'waits for B until 07:00', 'waits for B until 07:00', 'waits for B until 07:00'],
      ],
    ],
  },
  {
    id: 'T10',
    title: '`atLeast`: so many apps are enough, and the next ends begin anew',
    says: 'so many apps of the list must have ended',
    link: { atLeast: 2, of: ['A', 'B', 'C'], hours: 1 },
    histories: [
      [
        ['A1 01:00', 'waits for B, C until 02:00', 'covered', 'already-ordered B1'],
        ['B1 01:10', 'order B1 of A1', 'covered', 'already-ordered B1'],
        ['C1 01:20', 'waits for A, B until 02:20', 'order A2 of C1', 'already-ordered A2'],
        ['A2 01:30', 'order A2 of C1', 'waits for B, C until 02:30', 'already-ordered A2'],
      ],
    ],
  },
  {
    id: 'T11',
    title: 'with `atLeast: 1` and `on: failed` each failure calls for a reload, if none followed a newer one',
    says: 'which ends count; an app of the list may have an `on` of its own',
    link: { atLeast: 1, of: ['A', 'B'], on: 'failed', hours: 6 },
    histories: [
      [
        ['A1 01:00', 'outcome-not-matched', 'outcome-not-matched', 'outcome-not-matched'],
        ['B1! 01:05', 'order B1', 'covered', 'already-ordered B1'],
        ['B2! 01:06', 'order B2', 'order B2', 'already-ordered B2'],
      ],
    ],
  },
  {
    id: 'T12',
    title: 'if the activation dies after it wrote the document, whoever comes next gets the order, and only once',
    says: 'or Cascade is interrupted while it calls for the reload',
    link: ALL_AB,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'order B1 of A1', 'order B1 of A1; already-ordered B1'],
        ['B1 01:30 †', '†', '†', 'already-ordered B1'],
      ],
      [
        ['A1 01:00 †', '†', '†', 'order B1 of A1; already-ordered B1'],
        ['B1 01:30 †', '†', '†', 'already-ordered B1'],
      ],
      [
        ['A1 01:00', 'waits for B until 07:00', 'order B1 of A1', 'already-ordered B1'],
        ['B1 01:30 †', '†', '†', 'already-ordered B1'],
        ['B2 02:00', 'order B1 of A1; waits for A until 08:00', 'waits for A until 08:00', 'waits for A until 08:00'],
      ],
    ],
  },
  {
    id: 'T14',
    title: 'an attempt that is followed by another one neither counts nor withdraws anything',
    says: '**What follows the app sees the last attempt only.** An earlier attempt gives the skip',
    link: ALL_AB,
    ledger: ATTEMPTS_OF_B,
    histories: [
      [
        ['A1 01:00', 'waits for B until 07:00', 'order B2 of A1', 'already-ordered B2'],
        ['B1! 01:10', 'will-retry', 'will-retry', 'will-retry'],
        ['B2 01:20', 'order B2 of A1', 'waits for A until 07:20', 'already-ordered B2'],
      ],
      [
        ['B0 01:00', 'waits for A until 07:00', 'order A1 of B0', 'already-ordered A1'],
        ['B1! 01:10', 'will-retry', 'will-retry', 'will-retry'],
        ['A1 01:20', 'order A1 of B0', 'waits for B until 07:20', 'already-ordered A1'],
      ],
    ],
  },
];
