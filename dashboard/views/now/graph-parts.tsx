import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ChainGraph, GraphEdge } from '../../../src/core/graph/chain-graph.ts';
import { type Box, type Point, pathOf } from '../../../src/core/graph/layout/lay-out-graph.ts';
import type { AppKey } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { countWords } from '../../model/follow-words.ts';
import { MARKS } from '../../model/mark.ts';
import { type AppsDrawing, type NowLine, nameOfLine, standingText } from '../../model/now-lines.ts';
import type { VisiblePart } from '../../model/visible-part.ts';

interface GraphPartsProps {
  readonly graph: ChainGraph;
  readonly drawing: AppsDrawing;
  readonly lines: readonly NowLine[];
  /** Which bands, edges and apps of the drawing are drawn. */
  readonly part: VisiblePart;
  /**
   * The place in `drawing.apps` of the app to which Tab leads. This app is drawn even if nobody sees it. Otherwise it
   * would lose the focus.
   */
  readonly current: Signal<number>;
  readonly selected: AppKey | undefined;
  /** Today, as `dayOf` says it. */
  readonly today: string;
}

/**
 * Draws the part of the graph that a person sees, and a little more: a box for each chain, a line for the links between
 * two apps, and a box for each app with its state. `ChainsGraph` moves and zooms it. While a person moves the graph,
 * most of what is drawn stays: it is the same objects as before, so Preact does not compare them.
 */
export function GraphParts({ graph, drawing, lines, part, current, selected, today }: GraphPartsProps) {
  const made = useMemo(() => new Map<string, VNode>(), [graph, drawing, lines, selected, current.value, today]);
  const once = (key: string, make: () => VNode): VNode => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  const places = part.nodes.includes(current.value) ? part.nodes : [...part.nodes, current.value];
  return (
    <>
      {part.bands.map((band) =>
        once(`chain ${band}`, () => (
          <Chain key={`chain ${band}`} box={drawing.bands[band]} name={drawing.chains[band] ?? ''} />
        )),
      )}
      {part.edges.map((index) =>
        once(`edge ${index}`, () => (
          <Edge
            key={`edge ${index}`}
            edge={graph.edges[drawing.drawnEdges[index] ?? -1]}
            points={drawing.edges[index]?.points ?? []}
          />
        )),
      )}
      {part.nodes.map((place) =>
        once(`counts ${place}`, () => (
          <Counts key={`counts ${place}`} {...{ graph, box: drawing.nodes[place], app: drawing.apps[place] }} />
        )),
      )}
      {places.map((place) =>
        once(`app ${place}`, () => {
          const line = lines[drawing.apps[place] ?? -1];
          return (
            <App
              key={`app ${place}`}
              {...{ line, box: drawing.nodes[place], place, today }}
              isCurrent={place === current.value}
              isSelected={line?.app.key === selected}
            />
          );
        }),
      )}
    </>
  );
}

/** The line of the links from one app to another. */
function Edge({ edge, points }: { readonly edge: GraphEdge | undefined; readonly points: readonly Point[] }) {
  return edge === undefined ? null : <path class={`edge ${classOf(edge)}`} d={pathOf(points)} />;
}

/** The box of a chain, with its name, around the apps that are drawn with it. */
function Chain({ box, name }: { readonly box: Box | undefined; readonly name: string }) {
  if (box === undefined) return null;
  return (
    <g class="chain">
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <text x={box.x + 12} y={box.y + 17}>
        {name}
      </text>
    </g>
  );
}

/** Says at the left side of an app that waits for several others, where the lines end, for how many: `all 3`. */
function Counts({
  graph,
  box,
  app,
}: {
  readonly graph: ChainGraph;
  readonly box: Box | undefined;
  readonly app: number | undefined;
}) {
  const composites = graph.composites.get(app ?? -1);
  if (composites === undefined || box === undefined) return null;
  return (
    <text class="count" x={box.x - 6} y={box.y + box.height / 2 - 6} text-anchor="end">
      {composites.map(({ link }) => countWords(link.join)).join(', ')}
    </text>
  );
}

/**
 * The class of a line in `style.css`: solid after a success, dashed after a failure, dotted in any case, or if the
 * links between the two apps differ in that.
 */
function classOf({ links }: GraphEdge): string {
  const [{ on = 'any' } = {}, ...more] = links;
  const isOne = more.every((link) => link.on === on);
  return `${isOne ? on : 'any'}${links.every(({ paused }) => paused) ? ' paused' : ''}`;
}

interface AppProps {
  readonly line: NowLine | undefined;
  readonly box: Box | undefined;
  readonly place: number;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  readonly today: string;
}

/** The box of an app, with its name and how it stands. */
function App({ line, box, place, isCurrent, isSelected, today }: AppProps) {
  if (line === undefined || box === undefined) return null;
  const { app, state, waitsFor } = line;
  const timeOf = (instant: EpochMs): string => sinceText(instant, today);
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button.
    <g
      role="button"
      class={`app ${state}${isSelected ? ' selected' : ''}`}
      tabindex={isCurrent ? 0 : -1}
      aria-label={nameOfLine(line, timeOf)}
      aria-pressed={isSelected}
      data-place={place}
      transform={`translate(${box.x} ${box.y})`}
    >
      <rect width={box.width} height={box.height} rx={4} />
      {/* An inner svg cuts what is longer than the box. */}
      <svg x={8} width={box.width - 12} height={box.height}>
        <title>{app.label}</title>
        <text class="label" y={17}>
          {app.label}
        </text>
        <text class="state" y={33}>
          {`${MARKS[state].glyph} ${standingText(line, timeOf)}${waitsFor > 0 ? `, waits for ${waitsFor}` : ''}`}
        </text>
      </svg>
    </g>
  );
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** The day of an instant in the device's time zone: `Wed 2 Dec`. */
export const dayOf = (at: EpochMs): string => DAY.format(at).replace(',', '');

/**
 * The text of an instant in the device's time zone: `07:06`, or only the day if it is not today. A box has no room for
 * more.
 */
function sinceText(at: EpochMs, today: string): string {
  const day = dayOf(at);
  return day === today ? CLOCK.format(at) : day;
}
