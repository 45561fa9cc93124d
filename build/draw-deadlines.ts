/*
 * A chain file can say by when an app must have been reloaded: its deadline. This file draws the picture in
 * docs/chains.md that shows what happens to a deadline if the clocks change. `npm run generate` runs it. Production
 * code works out the deadlines and notices, so that the picture shows what really happens. Only the example and the
 * texts are written here.
 */

import { type AppState, FRESH_APP } from '../src/core/desk/app-state.ts';
import { applyEndToApp } from '../src/core/desk/apply-end-to-app.ts';
import { type Expectation, expectedText } from '../src/core/desk/expected.ts';
import { type Deadline, isNewlyLate, lateApp } from '../src/core/desk/judge-late.ts';
import type { ChannelName } from '../src/core/desk/notice.ts';
import type { AppId, ReloadId, TenantName } from '../src/core/names.ts';
import type { EpochMs } from '../src/core/units.ts';
import { lastDeadline } from '../src/ledger/deadlines.ts';
import { caption, LEFT, lane, picture, RIGHT, WIDTH } from './timeline-parts.ts';

const at = (time: string): EpochMs => Date.parse(time) as EpochMs;

/** The deadline of the app `report`. */
const EXPECTED: Expectation = { cron: '0 7 * * *', zone: 'Europe/Berlin' };
const [FROM, TO] = [at('2026-10-23T20:00Z'), at('2026-10-26T12:00Z')];
const MIDNIGHTS = ['2026-10-24', '2026-10-25', '2026-10-26'];
/** When the clocks in Berlin go back from 3 to 2. */
const CHANGE = at('2026-10-25T01:00Z');
/** When the example's reloads of the app `report` succeeded. */
const ENDS = ['2026-10-24T02:00Z', '2026-10-25T10:00Z', '2026-10-26T03:00Z'].map(at);

const TITLE = 'Late, and a clock change';
const SAYS =
  'On 25 October the clocks in Berlin go back an hour. The deadline stays at 07:00, so that 25 hours lie between the two.';
const MORE =
  'A dot is a success. On Sunday there was none since the deadline before, so the report is late. It arrives at 11:00.';

// The heights of the picture's lines, in pixels from the top.
const REPORT_LANE = 150;
const NOTICE_LANE = 215;
const AXIS = 254;
const HOUR_MS = 3_600_000;

const x = (instant: number): number => Math.round(LEFT + ((instant - FROM) / (TO - FROM)) * (WIDTH - LEFT - RIGHT));

/** A notice (a message to people): its kind, and when the thing happened that it reports. */
interface Heard {
  readonly kind: string;
  readonly at: EpochMs;
}

/** Draws the picture about deadlines. The result has its SVG, by file name. */
export function drawDeadlines(): ReadonlyMap<string, string> {
  const deadlines = deadlinesBefore(TO).filter(({ deadline }) => deadline > FROM);
  const parts = [
    caption(24, 34, `${TITLE}:  expected: { by: "07:00", zone: Europe/Berlin }`, 'title'),
    ...deadlines.map(windowOf),
    lane('report', REPORT_LANE),
    lane('notices', NOTICE_LANE),
    ...deadlines.map(markOf),
    change(),
    ...ENDS.map((end) => `<circle class="counts" cx="${x(end)}" cy="${REPORT_LANE}" r="8"/>`),
    ...ENDS.map((end) => caption(x(end), REPORT_LANE - 14, clock(end), 'small', 'middle')),
    ...heardOf(deadlines).map(flag),
    ...MIDNIGHTS.map((day) => caption(x(midnight(day)), AXIS, dayName(day), 'small', 'middle')),
    caption(24, 282, SAYS, 'small'),
    caption(24, 302, MORE, 'small'),
  ];
  return new Map([['late-clock-change.svg', picture({ title: TITLE, says: `${SAYS} ${MORE}`, parts })]]);
}

/** The last four deadlines up to an instant, the earliest first. */
function deadlinesBefore(instant: EpochMs): readonly Deadline[] {
  const found: Deadline[] = [];
  for (let now = instant; found.length < 4; ) {
    const deadline = lastDeadline(EXPECTED, now);
    if (deadline === undefined) break;
    found.unshift(deadline);
    now = (deadline.deadline - 1) as EpochMs;
  }
  return found;
}

/** The notices that people get. This applies the example's successes and the deadlines in the order of their times. */
function heardOf(deadlines: readonly Deadline[]): readonly Heard[] {
  const heard: Heard[] = [];
  const to = ['default' as ChannelName];
  let state: AppState = { ...FRESH_APP, expectedSince: { text: expectedText(EXPECTED), at: 0 as EpochMs } };
  const steps = [
    ...ENDS.map((end) => ({ when: end, deadline: undefined })),
    ...deadlines.map((deadline) => ({ when: deadline.deadline, deadline })),
  ].sort((a, b) => a.when - b.when);
  for (const { when, deadline } of steps) {
    if (deadline === undefined) state = afterSuccess(state, when);
    else if (isNewlyLate(state, deadline)) ({ state } = lateApp(state, deadline, { to, now: when, traceId: '' }));
    heard.push(...state.notices.map(({ kind }) => ({ kind, at: when })));
    state = { ...state, notices: [] };
  }
  return heard;
}

function afterSuccess(state: AppState, endedAt: EpochMs): AppState {
  const about = { tenant: 'default' as TenantName, appId: 'report' as AppId, reloadId: `r${endedAt}` as ReloadId };
  const end = { ...about, outcome: 'succeeded', endedAt, partial: false, willRetry: false } as const;
  return applyEndToApp(state, end, { routes: { failed: [], recovered: [] }, now: endedAt }).state;
}

/** Draws the time in which a success counts for a deadline: from the deadline before. */
function windowOf({ deadline, after = FROM }: Deadline): string {
  const from = Math.max(x(after), LEFT) + 2;
  const hours = Math.round((deadline - after) / HOUR_MS);
  const words =
    after > FROM ? caption((from + x(deadline)) / 2, REPORT_LANE + 32, `${hours} hours`, 'small', 'middle') : '';
  return `<rect class="window" x="${from}" y="${REPORT_LANE + 12}" width="${x(deadline) - from - 2}" height="5" rx="2"/>${words}`;
}

const markOf = ({ deadline }: Deadline): string =>
  `<line x1="${x(deadline)}" y1="82" x2="${x(deadline)}" y2="${NOTICE_LANE + 12}" stroke="#b91c1c" stroke-dasharray="4 3"/>` +
  caption(x(deadline), 72, `by ${clock(deadline)} (${utc(deadline)} UTC)`, 'small', 'middle');

const change = (): string =>
  `<line x1="${x(CHANGE)}" y1="104" x2="${x(CHANGE)}" y2="${AXIS - 14}" stroke="#9ca3af" stroke-dasharray="2 3"/>` +
  caption(x(CHANGE), 98, '03:00 → 02:00', 'small', 'middle');

const flag = ({ kind, at: when }: Heard): string =>
  `<path class="fires" d="M${x(when) - 7} ${NOTICE_LANE - 9} L${x(when) + 9} ${NOTICE_LANE} L${x(when) - 7} ${NOTICE_LANE + 9} z"/>` +
  caption(x(when) + 14, NOTICE_LANE - 8, kind, 'small');

const shown = (options: Intl.DateTimeFormatOptions, instant: EpochMs): string =>
  new Intl.DateTimeFormat('en-GB', options).format(instant);
const clock = (instant: EpochMs): string =>
  shown({ timeZone: EXPECTED.zone, hour: '2-digit', minute: '2-digit' }, instant);
const utc = (instant: EpochMs): string => shown({ timeZone: 'UTC', hour: '2-digit', minute: '2-digit' }, instant);

/** Midnight in Berlin. */
const midnight = (day: string): EpochMs => at(`${day}T00:00${day > '2026-10-25' ? '+01:00' : '+02:00'}`);
const dayName = (day: string): string =>
  `${shown({ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }, at(`${day}T12:00Z`))}, 00:00`;
