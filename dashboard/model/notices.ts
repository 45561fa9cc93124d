/*
 * If something is wrong with the store (the CouchDB of the ledger, Cascade's memory), with the account or with the
 * device, the page says so above the view, and says what a person can do about it. This file decides which of these
 * sentences the page shows.
 */

import { durationText } from '../../src/core/runs/time-words.ts';
import type { DurationMs } from '../../src/core/units.ts';
import { LEDGER_VERSION } from '../../src/ledger/ledger-version.ts';
import type { StoreFacts } from '../session/store-facts.ts';

/** What the page knows of the store, the account and the device. */
export interface PageState extends Omit<StoreFacts, 'mayAct'> {
  /** Why the store refuses the account; absent if the account works, or if nobody knows. */
  readonly account?: AccountProblem;
  /** Whether this device does not store the documents. */
  readonly isFull: boolean;
  /** Whether another tab of this browser had the account's documents open before. */
  readonly isSecondTab: boolean;
  /** How many documents this page cannot read. */
  readonly malformed: number;
}

/**
 * Why an account cannot be used: wrong user or password; no role that may read the ledger; several failed logins, after
 * which CouchDB locks the account for 5 minutes; or no database with the ledger's name.
 */
export type AccountProblem = 'wrong' | 'no-role' | 'locked' | 'no-database';

/** A sentence that the page shows. */
export interface PageNotice {
  readonly text: string;
  /** The button beside the sentence: to sign in again, or to load the page again. Absent: none. */
  readonly offer?: 'sign-in' | 'reload';
}

/**
 * How wrong a device's clock may be without a notice: 2 minutes. What people do to tickets is put in order by the
 * clocks of their devices, so a wrong clock matters.
 */
const MOST_OFF: DurationMs = 120_000 as DurationMs;

/** The sentences to show, the most urgent first. */
export const noticesOf = ({
  account,
  version,
  aheadMs,
  malformed,
  isFull,
  isSecondTab,
}: PageState): readonly PageNotice[] => [
  ...(account === undefined ? [] : [{ text: ACCOUNT[account], offer: 'sign-in' as const }]),
  ...(isFull ? [{ text: FULL, offer: 'reload' as const }] : []),
  ...versionNotices(version),
  ...clockNotices(aheadMs),
  ...malformedNotices(malformed),
  ...(isSecondTab ? [{ text: SECOND_TAB }] : []),
];

const ACCOUNT: Readonly<Record<AccountProblem, string>> = {
  wrong:
    'CouchDB no longer takes this account with this password, so nothing new comes in. Sign in again. What you did and CouchDB does not have yet waits on this device.',
  'no-role':
    'CouchDB no longer lets this account read the ledger. Ask whoever runs Cascade to let it in (npx cascade user add), then sign in again. What you did and CouchDB does not have yet waits on this device.',
  locked:
    'CouchDB has locked this account for 5 minutes after several failed logins. Then the page tries again. If the password is another now, sign in again. What you did and CouchDB does not have yet waits on this device.',
  'no-database':
    'The ledger’s database is gone from CouchDB. Ask whoever runs Cascade where it is, then sign in again. What you did and CouchDB does not have yet waits on this device.',
};

const FULL =
  'This device has no room for what comes from CouchDB, so the page gets nothing new and keeps nothing. Make room on its disk, or sign out and have the documents of another account removed. Then load the page again.';

const SECOND_TAB =
  'The dashboard is open in another tab of this browser, too. Both show the same, and you can act in both. If this device gets slow, close one of them.';

function versionNotices(version: number | undefined): readonly PageNotice[] {
  if (version === undefined || version === LEDGER_VERSION) return [];
  return version > LEDGER_VERSION
    ? [
        {
          text: 'A newer Cascade writes this ledger, so this page may leave something out. Load the page again. If that does not help, whoever runs Cascade has to deploy the newer version here, too.',
          offer: 'reload',
        },
      ]
    : [
        {
          text: 'An older Cascade writes this ledger, or none has prepared this database. Whoever runs Cascade has to deploy again: ./build.sh deploy.',
        },
      ];
}

function clockNotices(ahead: DurationMs | undefined): readonly PageNotice[] {
  if (ahead === undefined || Math.abs(ahead) <= MOST_OFF) return [];
  const off = `${durationText(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return [
    {
      text: `This device’s clock is ${off} CouchDB’s. Set it right, and load the page again: until then, what you do to tickets gets a wrong time and may count in the wrong order.`,
      offer: 'reload',
    },
  ];
}

function malformedNotices(count: number): readonly PageNotice[] {
  if (count === 0) return [];
  const what = count === 1 ? '1 document is' : `${count} documents are`;
  return [
    {
      text: `${what} not as this page knows them, and left out. Load the page again. If that does not help, npx cascade runs --problems says what is wrong with them.`,
      offer: 'reload',
    },
  ];
}
