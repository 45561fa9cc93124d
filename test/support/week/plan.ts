/*
 * What happens in the week of demo data: what Qlik's schedules and people start, which reloads do not go well, and what
 * people do about it. Times are UTC. Day 0 is a Thursday, and the week ends on the Wednesday after it (day 6) at 07:42,
 * when somebody opens the dashboard. "Last night" is the night to day 6.
 */

import type { Outcome } from '../../../src/core/reload-finished.ts';
import type { NewAct } from '../../../src/core/tickets/act.ts';

/** The day on which the week ends. */
export const LAST_DAY = 6;

/** The end of a reload that does not go as usual. */
export interface Fate {
  readonly outcome: Exclude<Outcome, 'succeeded'>;
  /** Qlik's words. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** The apps that a schedule of Qlik's starts each night, and when. */
export const NIGHTLY: readonly (readonly [app: string, at: string])[] = [
  ['people/staff', '00:20'],
  ['sales/extract', '01:00'],
  ['finance/ledger', '01:45'],
  ['finance/rates', '02:10'],
  ['routes/orders', '02:30'],
  ['stock/import', '03:05'],
  ['web/ads', '03:30'],
  ['web/clicks', '04:00'],
];

/** How long the reload of an app usually runs, in minutes. */
export const USUAL_MINUTES: Readonly<Record<string, number>> = {
  'sales/extract': 22,
  'sales/transform': 14,
  'sales/report': 4,
  'sales/forecast': 9,
  'finance/ledger': 17,
  'routes/plan': 11,
  'web/clicks': 26,
  'web/sessions': 12,
  'stock/import': 8,
  'people/staff': 6,
};
export const OTHERWISE_MINUTES = 2.5;

const failed = (code: string, message: string): Fate => ({ outcome: 'failed', error: { code, message } });

const RATES = failed(
  'EngineError',
  'Field not found: "rate_date" in lib://Bank/rates.csv (line 41). The execution of the script has been aborted.',
);
const ROUTES = failed('ConnectorError', 'Connector connect error: the routing service did not answer within 60 s.');
const IMPORT = failed('EngineError', 'Cannot open file lib://Warehouse/stock_20261202.qvd: the file does not exist.');
const STAFF = failed('ConnectorError', 'ERROR [08001] The database server is under maintenance until Sunday 12:00.');
const CLICKS = failed('EngineError', 'General script error: out of memory while loading table "click_raw".');

/**
 * The reloads that do not go as usual. Keys are `<app> <day>`, and values say how the app's reloads end on that day,
 * one after another. All other reloads succeed.
 */
export const FATES: Readonly<Record<string, readonly (Fate | undefined)[]>> = {
  'sales/extract 1': [failed('ConnectorError', 'ERROR [28000] The login "qlik_reader" is locked.')],
  'people/staff 2': [STAFF],
  'people/staff 3': [STAFF],
  'routes/plan 2': [ROUTES],
  'web/clicks 4': [CLICKS],
  'web/sessions 3': [{ outcome: 'exceeded-limit' }],
  'people/absence 5': [{ outcome: 'canceled' }],
  'finance/rates 5': [RATES],
  // Last night.
  'finance/rates 6': [RATES],
  'routes/plan 6': [ROUTES, ROUTES, ROUTES],
  'stock/import 6': [IMPORT],
};

/**
 * The reloads that people start by hand in Qlik. The run of the last one is still going on when somebody opens the
 * dashboard.
 */
export const BY_HAND: readonly (readonly [day: number, at: string, app: string])[] = [
  [0, '09:12', 'sales/forecast'],
  [1, '07:25', 'sales/extract'],
  [1, '13:40', 'web/ads'],
  [3, '14:05', 'people/staff'],
  [4, '08:31', 'web/clicks'],
  [4, '10:02', 'board/slides'],
  [5, '11:20', 'finance/cash'],
  [5, '15:48', 'sales/report'],
  [6, '07:34', 'routes/orders'],
];

/** The ends that no webhook reports, as `<app> <day>`. The sweep finds them. */
export const LOST_WEBHOOKS: ReadonlySet<string> = new Set(['finance/ledger 2', 'web/ads 4', 'people/headcount 6']);

/** A body that nobody understands, and when it comes. */
export const LETTER = { day: 5, at: '16:20', body: '{"type":"com.qlik.v1.reload.finished","data":{"appId":42}}' };

/** The acts of people on the ticket that an app has at that time. */
export const ACTS: readonly (readonly [day: number, at: string, app: string, by: string, act: NewAct])[] = [
  [1, '07:20', 'sales/extract', 'ben', { kind: 'own', value: 'ben' }],
  [1, '07:24', 'sales/extract', 'ben', { kind: 'note', value: 'The login was locked. IT has opened it again.' }],
  [2, '09:05', 'people/staff', 'cleo', { kind: 'own', value: 'cleo' }],
  [2, '09:06', 'people/staff', 'cleo', { kind: 'tag', value: 'maintenance' }],
  [3, '08:50', 'people/staff', 'cleo', { kind: 'reject', value: 'Announced maintenance, over on Sunday at noon.' }],
  [4, '08:10', 'web/clicks', 'ann', { kind: 'own', value: 'ann' }],
  [4, '08:30', 'web/clicks', 'ann', { kind: 'note', value: 'Twice as many clicks as usual: the sale began.' }],
  [4, '09:15', 'web/clicks', 'ann', { kind: 'answer', value: 45 }],
  [5, '07:55', 'finance/rates', 'ann', { kind: 'own', value: 'ann' }],
  [5, '07:56', 'finance/rates', 'ann', { kind: 'tag', value: 'bank' }],
  [
    ...([5, '08:20', 'finance/rates', 'ann'] as const),
    { kind: 'note', value: 'The bank has renamed a column. It promised the old name for Wednesday evening.' },
  ],
  [6, '07:15', 'routes/plan', 'ben', { kind: 'own', value: 'ben' }],
  [6, '07:16', 'routes/plan', 'ben', { kind: 'tag', value: 'supplier' }],
];
