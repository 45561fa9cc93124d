/*
 * A composite link says that an app follows several others: the app is reloaded once enough of them have ended. Cascade
 * decides for each end whether it still counts for the link: the end's fate. This file draws the pictures in
 * docs/chains.md that explain the fates. `npm run generate` runs it. Production code works out the fates, so that the
 * pictures show what really happens. Only the example ends and the texts below them are written here.
 */

import { type AppliedFate, applyEnd, EMPTY_JOIN, type JoinMemory } from '../src/core/joins/apply-end.ts';
import { endId, foldEnds, type JoinEnd } from '../src/core/joins/fold-ends.ts';
import type { JoinRule } from '../src/core/link.ts';
import type { AppKey, ReloadId } from '../src/core/names.ts';
import { addMs, type DurationMs, type EpochMs } from '../src/core/units.ts';
import { caption, LEFT, lane, picture, RIGHT, WIDTH } from './timeline-parts.ts';

/** One timeline of docs/chains.md. It shows ends of the apps `a` and `b`. The app `report` waits for both. */
interface Timeline {
  readonly file: string;
  readonly title: string;
  /** The ends in the order in which Cascade hears of them: `a 01:00`, `b 01:30 failed`. */
  readonly ends: readonly string[];
  readonly says: string;
}

/** The app `report` reloads once `a` and `b` have both succeeded, at most six hours apart. */
const RULE: JoinRule = {
  of: { 'default/a': 'succeeded', 'default/b': 'succeeded' },
  atLeast: 2,
  within: (6 * 3_600_000) as DurationMs,
};

const TIMELINES: readonly Timeline[] = [
  {
    file: 'join-superseded.svg',
    title: 'Superseded',
    ends: ['a 01:00', 'a 02:00', 'b 03:00'],
    says: 'A newer end of the same app takes the place of the older one. The report reloads once, after b.',
  },
  {
    file: 'join-withdrawn.svg',
    title: 'Withdrawn',
    ends: ['a 01:00', 'a 02:00 failed', 'b 03:00', 'a 05:00'],
    says: 'A failed reload of a takes back that a was ready. The report waits until a has succeeded again.',
  },
  {
    file: 'join-expired.svg',
    title: 'Expired',
    ends: ['a 01:00', 'b 08:00', 'a 10:00'],
    says: 'a and b ended more than 6 hours apart: the first end of a no longer counts. The next one does.',
  },
  {
    file: 'join-covered.svg',
    title: 'Covered',
    ends: ['a 01:00', 'b 04:00', 'b 02:30', 'a 06:00'],
    says: 'The end of b at 02:30 arrives late. The report has already reloaded after a newer end of b, so nothing more is needed.',
  },
  {
    file: 'join-too-late.svg',
    title: 'Too late',
    ends: ['a 09:00', 'b 40:00', 'a 03:00'],
    says: 'An end arrives that no longer counts for more than a day. The link does not remember that time any more, so the end starts nothing.',
  },
];

// The heights of the picture's lines, in pixels from the top.
const LANES: Readonly<Record<string, number>> = { 'default/a': 92, 'default/b': 162 };
const REPORT_LANE = 232;
const AXIS = 270;
const HOUR_MS = 3_600_000;

/** An end with its fate. `isLate`: Cascade heard of this end after a newer one. */
interface Drawn {
  readonly end: JoinEnd;
  readonly fate: AppliedFate;
  readonly isLate: boolean;
}

/** Draws the pictures. The result has their SVG, by file name. */
export const drawTimelines = (): ReadonlyMap<string, string> =>
  new Map(TIMELINES.map((timeline) => [timeline.file, draw(timeline)]));

function draw({ title, ends, says }: Timeline): string {
  const { drawn, closings } = follow(ends.map(endOf));
  const hours = drawn.map(({ end }) => end.endedAt / HOUR_MS);
  const [first, last] = [Math.floor(Math.min(...hours)), Math.ceil(Math.max(...hours)) + 1];
  const x = (at: number): number =>
    Math.round(LEFT + ((at / HOUR_MS - first) / (last - first)) * (WIDTH - LEFT - RIGHT));
  const step = last - first > 12 ? 6 : 1;
  const marks = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    (hour) => hour % step === 0,
  );
  const parts = [
    caption(24, 34, `${title}:  after: { all: [a, b], within: 6h }`, 'title'),
    ...drawn.filter(({ end }) => end.outcome === 'succeeded').map((each) => windowOf(each, x)),
    ...['a', 'b'].map((app) => lane(app, LANES[`default/${app}`] ?? 0)),
    lane('report', REPORT_LANE),
    ...marks.map((hour) => caption(x(hour * HOUR_MS), AXIS, clock(hour), 'small', 'middle')),
    ...drawn.map((each) => markOf(each, x)),
    ...closings.map((end) => firing(x(end.endedAt))),
    caption(24, 302, says, 'small'),
  ];
  return picture({ title, says, parts });
}

/**
 * Applies the ends in the order in which they arrive. Returns the fate that each end has at last, and the ends with
 * which the link was complete, so that the report is reloaded (`closings`).
 */
function follow(ends: readonly JoinEnd[]): { readonly drawn: readonly Drawn[]; readonly closings: readonly JoinEnd[] } {
  let memory: JoinMemory = EMPTY_JOIN;
  let newest = 0;
  const closings: JoinEnd[] = [];
  const heard = ends.map((end) => {
    const applied = applyEnd(memory, end, RULE);
    memory = applied.memory ?? memory;
    closings.push(...applied.firings.map(({ closing }) => closing));
    const isLate = end.endedAt < newest;
    newest = Math.max(newest, end.endedAt);
    return { end, fate: applied.fate, isLate };
  });
  const { fates } = foldEnds(memory.baseHalves, memory.log, RULE);
  // `foldEnds` does not know these two fates.
  const isFinal = (fate: AppliedFate): boolean => fate === 'covered' || fate === 'too-late';
  const drawn = heard.map((each) =>
    isFinal(each.fate) ? each : { ...each, fate: fates.get(endId(each.end)) ?? each.fate },
  );
  return { drawn, closings };
}

/** Reads an end as a timeline writes it: `b 01:30 failed`. Hours from 24 on are on the next day. */
function endOf(written: string, index: number): JoinEnd {
  const [app = '', time = '', outcome] = written.split(' ');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return {
    app: `default/${app}` as AppKey,
    reloadId: `r${index}` as ReloadId,
    endedAt: (hour * HOUR_MS + minute * 60_000) as EpochMs,
    outcome: outcome === 'failed' ? 'failed' : 'succeeded',
  };
}

/** Draws for how long an end counts. */
function windowOf({ end }: Drawn, x: (at: number) => number): string {
  const y = (LANES[end.app] ?? 0) + 12;
  const to = Math.min(x(addMs(end.endedAt, RULE.within)), WIDTH - RIGHT);
  return `<rect class="window" x="${x(end.endedAt)}" y="${y}" width="${to - x(end.endedAt)}" height="5" rx="2"/>`;
}

function markOf({ end, fate, isLate }: Drawn, x: (at: number) => number): string {
  const [cx, cy] = [x(end.endedAt), LANES[end.app] ?? 0];
  const isCounted = end.outcome === 'succeeded';
  const label = `${isCounted ? '' : 'failed, '}${WORDS[fate]}${isLate ? ', arrives late' : ''}`;
  return `<circle class="${isCounted ? 'counts' : 'not'}" cx="${cx}" cy="${cy}" r="8"/>${caption(cx, cy - 14, label, 'small', 'middle')}`;
}

const WORDS: Readonly<Record<AppliedFate, string>> = {
  waits: 'waits',
  used: 'used',
  superseded: 'superseded',
  withdrawn: 'withdrawn',
  expired: 'expired',
  'not-matched': 'does not count',
  covered: 'covered',
  'too-late': 'too late',
};

const firing = (cx: number): string =>
  `<path class="fires" d="M${cx - 7} ${REPORT_LANE - 9} L${cx + 9} ${REPORT_LANE} L${cx - 7} ${REPORT_LANE + 9} z"/>${caption(cx, REPORT_LANE - 14, 'reloads', 'small', 'middle')}`;

/** An hour as text: `03:00`; on the next day `+1 03:00`. */
const clock = (hour: number): string =>
  `${hour >= 24 ? `+${Math.floor(hour / 24)} ` : ''}${String(hour % 24).padStart(2, '0')}:00`;
