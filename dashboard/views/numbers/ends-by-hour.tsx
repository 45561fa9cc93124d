import type { EpochMs } from '../../../src/core/units.ts';
import { END_STATES, type EndState, type HourCount } from '../../model/numbers.ts';
import { localText } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';

/** The size of the drawing in its own units. The page stretches it to the width of the window. */
const WIDTH = 960;
const HEIGHT = 160;

/**
 * Shows how many reloads ended in each hour, and how: a column for each hour, and a table that says the same. It is the
 * first part of the view Numbers.
 */
export function EndsByHour({ counts, now }: { readonly counts: readonly HourCount[]; readonly now: EpochMs }) {
  const totals = Object.fromEntries(END_STATES.map((state) => [state, total(counts, state)])) as Record<
    EndState,
    number
  >;
  const highest = Math.max(1, ...counts.map((count) => END_STATES.reduce((sum, state) => sum + count[state], 0)));
  const width = WIDTH / counts.length;
  const busy = counts.filter((count) => END_STATES.some((state) => count[state] > 0));
  return (
    <>
      <p>
        {END_STATES.map((state) => (
          <span key={state}>
            <Mark state={state} word={`${totals[state]} ${state}`} />{' '}
          </span>
        ))}
      </p>
      <p class="aside">{`Each column is an hour. The highest has ${highest}.`}</p>
      <svg
        class="columns"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Reloads that ended by hour: at most ${highest} in an hour. The table below has each hour.`}
      >
        {counts.map((count, index) => (
          <g key={count.hour} transform={`translate(${index * width} 0)`}>
            <title>{hourText(count, now)}</title>
            <Column count={count} width={width - 1} unit={HEIGHT / highest} />
          </g>
        ))}
      </svg>
      <Scale counts={counts} />
      <details>
        <summary>As a table</summary>
        {busy.length === 0 ? (
          <p>No reload ended in this time.</p>
        ) : (
          <table class="rows">
            <caption class="unseen">Reloads that ended, by hour; hours without one are left out</caption>
            <thead>
              <tr>
                <th scope="col">Hour from</th>
                {END_STATES.map((state) => (
                  <th key={state} scope="col" class="number">
                    {state}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {busy.map((count) => (
                <tr key={count.hour}>
                  <th scope="row">{localText(count.hour, now)}</th>
                  {END_STATES.map((state) => (
                    <td key={state} class="number" data-label={state}>
                      {count[state]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </details>
    </>
  );
}

/**
 * The scale has a mark at each hour of the day that is a multiple of this: each fourth hour for a day, each midnight
 * for a week.
 */
const MARKED = { day: 4, week: 24 };

/** Shows the hours or the days below the columns, by the device's clock. */
function Scale({ counts }: { readonly counts: readonly HourCount[] }) {
  const isOfADay = counts.length <= 24;
  const words = new Intl.DateTimeFormat(
    'en-GB',
    isOfADay ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { weekday: 'short', day: 'numeric' },
  );
  const step = isOfADay ? MARKED.day : MARKED.week;
  return (
    <svg class="scale" width="100%" height={20} aria-hidden="true">
      {counts.map(({ hour }, index) => {
        if (new Date(hour).getHours() % step !== 0) return null;
        const x = `${(100 * index) / counts.length}%`;
        return (
          <g key={hour}>
            <line x1={x} x2={x} y1={0} y2={20} />
            <text x={x} dx={4} y={15}>
              {words.format(hour)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

/** The column of an hour. The failures are at the bottom, so that a person can compare their heights. */
function Column({ count, width, unit }: { readonly count: HourCount; readonly width: number; readonly unit: number }) {
  let top = HEIGHT;
  return (
    <>
      {(['failed', 'canceled', 'succeeded'] as const).map((state) => {
        const height = count[state] * unit;
        top -= height;
        return height === 0 ? null : <rect key={state} class={state} y={top} width={width} height={height} />;
      })}
    </>
  );
}

/** The text of an hour: `14:00:00: 3 succeeded, 1 failed, 0 canceled`. */
const hourText = (count: HourCount, now: EpochMs): string =>
  `${localText(count.hour, now)}: ${END_STATES.map((state) => `${count[state]} ${state}`).join(', ')}`;

const total = (counts: readonly HourCount[], state: EndState): number =>
  counts.reduce((sum, count) => sum + count[state], 0);
