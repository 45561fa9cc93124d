import { stateWords } from '../../../src/core/runs/order-words.ts';
import { durationText } from '../../../src/core/runs/time-words.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { criticalPath, criticalPathWords } from '../../model/critical-path.ts';
import { MARKS } from '../../model/mark.ts';
import {
  axisMarks,
  barLabel,
  DATED_FROM,
  percentAt,
  type Timeline,
  type TimelineBar,
  timelineOf,
} from '../../model/timeline.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';
import type { RunProps } from './run-props.ts';

/**
 * Shows a run on a line of time, so that a person sees which reload waited, and which one took long. A table says the
 * same to people who cannot see the drawing. A run is a first reload, and all reloads that follow from it. It is one of
 * the three forms in which the view Runs shows a run.
 */
export function RunTimeline({ run, ledger, now }: RunProps) {
  const path = criticalPath(run);
  const timeline = timelineOf(run, path, ledger.labelOf, now);
  return (
    <>
      {path.length > 0 && <p>{criticalPathWords(path, ledger.labelOf)}</p>}
      {timeline === undefined ? (
        <p>No reload of this run has been started yet.</p>
      ) : (
        <>
          <p class="aside">
            Dashed: in Qlik’s queue. Filled: running. Dotted: queued or running, Qlik did not say which. ◆ and a thick
            line: on the critical path, that is, the end of the run waited for it.
          </p>
          <Bars timeline={timeline} />
          <BarTable bars={timeline.bars} now={now} />
          {timeline.withoutBar.map(({ order, ...name }) => (
            <p key={order._id}>
              No bar yet for {barLabel(name)}: it{' '}
              <Sentence text={stateWords(order, now)} now={now} labelOf={ledger.labelOf} />.
            </p>
          ))}
        </>
      )}
    </>
  );
}

/** Heights in the drawing, in pixels: of the axis, of a row, and of the bar in a row. */
const [AXIS, ROW, BAR] = [26, 44, 14];

function Bars({ timeline }: { readonly timeline: Timeline }) {
  const { bars } = timeline;
  const height = AXIS + bars.length * ROW;
  return (
    <svg
      class="timeline"
      width="100%"
      height={height}
      role="img"
      aria-label={`${bars.length} ${bars.length === 1 ? 'reload' : 'reloads'} on a line of time. The table below says the same.`}
    >
      <Axis timeline={timeline} height={height} />
      {bars.map((bar, index) => (
        <Bar key={bar.id} {...{ bar, timeline }} top={AXIS + index * ROW} />
      ))}
    </svg>
  );
}

function Axis({ timeline, height }: { readonly timeline: Timeline; readonly height: number }) {
  const offset = (-60_000 * new Date(timeline.from).getTimezoneOffset()) as DurationMs;
  const words = new Intl.DateTimeFormat('en-GB', axisFormat(timeline));
  return (
    <>
      {axisMarks(timeline, offset).map((at) => {
        const x = percentAt(timeline, at);
        return (
          <g key={at}>
            <line class="axis" x1={`${x}%`} x2={`${x}%`} y1={AXIS - 6} y2={height} />
            <text class="axis" x={`${x}%`} y={AXIS - 10} text-anchor={anchorAt(x)}>
              {words.format(at)}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** How a text stands at its mark. Near an end of the axis it goes inwards, so that it stays in the drawing. */
const anchorAt = (percent: number): 'start' | 'middle' | 'end' =>
  percent < 10 ? 'start' : percent > 90 ? 'end' : 'middle';

const MINUTE_MS = 60_000;

/** The format of the axis: with seconds if the line is shorter than 4 minutes, with the day from `DATED_FROM` on. */
const axisFormat = ({ from, to }: Timeline): Intl.DateTimeFormatOptions => ({
  ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  ...(to - from < 4 * MINUTE_MS && { second: '2-digit' }),
  ...(to - from >= DATED_FROM && { day: 'numeric', month: 'short' }),
});

interface BarProps {
  readonly bar: TimelineBar;
  readonly timeline: Timeline;
  readonly top: number;
}

/** The least width of a part of a bar, in percent of the drawing, so that a person sees a short reload, too. */
const LEAST_WIDTH = 0.4;

function Bar({ bar, timeline, top }: BarProps) {
  const { from, startedAt, to, state, isCritical } = bar;
  const [left, middle, right] = [from, startedAt ?? from, to].map((at) => percentAt(timeline, at as EpochMs)) as [
    number,
    number,
    number,
  ];
  const y = top + 19;
  const width = Math.max(LEAST_WIDTH, right - middle);
  const x = Math.min(middle, 100 - LEAST_WIDTH);
  return (
    <g>
      <text y={top + 13}>
        {isCritical && '◆ '}
        {MARKS[state].glyph} {barLabel(bar)}
      </text>
      {middle > left && <rect class="queued" x={`${left}%`} y={y} width={`${middle - left}%`} height={BAR} />}
      <rect
        class={`${startedAt === undefined ? 'unsplit' : 'ran'} ${state}`}
        x={`${x}%`}
        y={y}
        width={`${width}%`}
        height={BAR}
      />
      {isCritical && (
        <line class="critical" x1={`${Math.min(left, x)}%`} x2={`${x + width}%`} y1={y + BAR + 4} y2={y + BAR + 4} />
      )}
    </g>
  );
}

function BarTable({ bars, now }: { readonly bars: readonly TimelineBar[]; readonly now: EpochMs }) {
  return (
    <table class="rows">
      <caption class="unseen">The reloads of the run, the earliest first</caption>
      <thead>
        <tr>
          {['App', 'State', 'Asked for', 'In the queue', 'Ran', 'Ended', 'Critical path'].map((words) => (
            <th key={words} scope="col">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <BarRow key={bar.id} bar={bar} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function BarRow({ bar, now }: { readonly bar: TimelineBar; readonly now: EpochMs }) {
  const { from, startedAt, to, state, isOpen, isCritical } = bar;
  const [queued, ran] =
    startedAt === undefined ? ['unknown', 'unknown'] : [durationText(startedAt - from), durationText(to - startedAt)];
  return (
    <tr>
      <th scope="row">{barLabel(bar)}</th>
      <td data-label="State">
        <Mark state={state} />
      </td>
      <td data-label="Asked for">
        <Instant at={from} now={now} />
      </td>
      <td data-label="In the queue">{queued}</td>
      <td data-label="Ran">{ran}</td>
      <td data-label="Ended">{isOpen ? 'not yet' : <Instant at={to} now={now} />}</td>
      <td data-label="Critical path">{isCritical ? '◆ yes' : 'no'}</td>
    </tr>
  );
}
