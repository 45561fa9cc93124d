import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ChainGraph } from '../../../src/core/graph/chain-graph.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type Direction, nextInDirection } from '../../model/next-in-direction.ts';
import { hrefToNow, type NowAddress, type Viewport, wheeled, zoomed } from '../../model/now-address.ts';
import type { AppsDrawing, NowLine } from '../../model/now-lines.ts';
import { drawnBox, partFinder } from '../../model/visible-part.ts';
import { goTo, goToInPlace } from './go-to.ts';
import { dayOf, GraphParts } from './graph-parts.tsx';

interface ChainsGraphProps {
  readonly graph: ChainGraph;
  readonly drawing: AppsDrawing;
  readonly lines: readonly NowLine[];
  readonly address: NowAddress;
  readonly now: EpochMs;
}

/** How far one press of Shift and an arrow moves the graph, in pixels of the screen. */
const KEY_STEP = 80;
/** By which factor one step zooms. */
const ZOOM_STEP = 1.25;
/** The part that is seen at first: it leaves a margin of 12 pixels above the drawing and to the left of it. */
const START: Viewport = { x: -12, y: -12, zoom: 1 };
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** How far Shift and an arrow move the part that is seen, in pixels: to the right, and down. */
const STEPS: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-KEY_STEP, 0],
  right: [KEY_STEP, 0],
  up: [0, -KEY_STEP],
  down: [0, KEY_STEP],
};

/** The room that a small drawing needs beside its own height, in pixels: the margins of `START`, and the border. */
const ROOM = 26;

/** How long the graph has to rest before the URL says which part of it is seen. */
const PAUSE_MS = 300;

/**
 * Shows the deployed chains as a graph: a box for each app with its state, and a line from an app to each app that
 * follows it. It is the main part of the view Now. A person moves and zooms it with pointer, wheel or keys, and opens
 * an app's panel.
 *
 * A graph may have thousands of apps. So the page draws only the part near what the person sees, and a small move
 * changes only one attribute.
 */
export function ChainsGraph({ graph, drawing, lines, address, now }: ChainsGraphProps) {
  const frame = useRef<SVGSVGElement>(null);
  const viewport = useSignal(address.viewport ?? START);
  /**
   * The size of the part of the screen that shows the graph, in pixels. The ResizeObserver below replaces these first
   * values.
   */
  const size = useSignal({ width: 1_200, height: 700 });
  /** Which app Tab leads to: its place in `drawing.apps`. */
  const current = useSignal(
    Math.max(
      0,
      drawing.apps.findIndex((number) => lines[number]?.app.key === address.selected),
    ),
  );
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** The address of now, for functions that run later. */
  const latest = useRef(address);
  latest.current = address;
  const transform = useComputed(() => {
    const { x, y, zoom } = viewport.value;
    return `scale(${zoom}) translate(${-x} ${-y})`;
  });
  /** The drawn part, as a text: what depends on it is computed again only if the text is another one. */
  const box = useComputed(() => JSON.stringify(drawnBox(viewport.value, size.value.width, size.value.height)));
  const partIn = useMemo(() => partFinder(drawing), [drawing]);
  const part = partIn(JSON.parse(box.value));

  const move = (next: Viewport): void => {
    viewport.value = next;
    clearTimeout(pause.current);
    pause.current = setTimeout(() => goToInPlace(hrefToNow({ ...latest.current, viewport: next })), PAUSE_MS);
  };
  const moveBy = (dx: number, dy: number): void => {
    const { x, y, zoom } = viewport.peek();
    move({ x: x + dx / zoom, y: y + dy / zoom, zoom });
  };
  const middle = () => ({ x: size.peek().width / 2, y: size.peek().height / 2 });
  const select = (place: number): void => {
    const key = lines[drawing.apps[place] ?? -1]?.app.key;
    current.value = place;
    if (key !== undefined) goTo(hrefToNow({ ...latest.current, selected: key, viewport: viewport.peek() }));
  };
  /** Gives an app the focus. If a person does not see all of it, the graph moves so that the app is in the middle. */
  const focus = (place: number): void => {
    const node = drawing.nodes[place];
    if (node === undefined) return;
    current.value = place;
    const { x, y, zoom } = viewport.peek();
    const { width, height } = size.peek();
    const isSeen =
      node.x >= x &&
      node.y >= y &&
      node.x + node.width <= x + width / zoom &&
      node.y + node.height <= y + height / zoom;
    if (!isSeen) {
      move({ x: node.x + node.width / 2 - width / zoom / 2, y: node.y + node.height / 2 - height / zoom / 2, zoom });
    }
    // Until then Preact has drawn the app.
    requestAnimationFrame(() => frame.current?.querySelector<SVGGElement>(`[data-place="${place}"]`)?.focus());
  };

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) {
        const by = { x: event.deltaX, y: event.deltaY };
        const next = wheeled(viewport.peek(), by, { start: START, drawing, frame: size.peek() });
        if (next === undefined) return;
        event.preventDefault();
        move(next);
        return;
      }
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      move(zoomed(viewport.peek(), event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, at));
    };
    // A passive listener could not keep the browser from moving the page.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
      clearTimeout(pause.current);
    };
  }, [drawing]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = ARROWS[event.key];
    if (direction !== undefined && event.shiftKey) {
      const [dx, dy] = STEPS[direction];
      moveBy(dx, dy);
    } else if (direction !== undefined) focus(nextInDirection(drawing, current.peek(), direction));
    else if (event.key === '+') move(zoomed(viewport.peek(), ZOOM_STEP, middle()));
    else if (event.key === '-') move(zoomed(viewport.peek(), 1 / ZOOM_STEP, middle()));
    else if (event.key === '0') move(START);
    else if (event.key === 'Enter' || event.key === ' ') select(current.peek());
    else return;
    event.preventDefault();
  };

  return (
    <div class="graph">
      <svg
        ref={frame}
        // A small drawing needs no room below it.
        style={{ maxHeight: `max(12rem, ${Math.ceil(drawing.height) + ROOM}px)` }}
        role="application"
        aria-label="The chains as a graph. Arrows go from app to app, Enter opens an app."
        onKeyDown={onKeyDown}
        onFocusIn={({ target }) => {
          const place = placeOf(target);
          if (place !== undefined) current.value = place;
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag(event, moveBy, () => {
            const place = placeOf(event.target);
            if (place !== undefined) select(place);
          });
        }}
      >
        <g transform={transform}>
          <GraphParts {...{ graph, drawing, lines, part, current }} selected={address.selected} today={dayOf(now)} />
        </g>
      </svg>
      <p class="tools">
        <button type="button" onClick={() => move(zoomed(viewport.peek(), ZOOM_STEP, middle()))}>
          Zoom in
        </button>{' '}
        <button type="button" onClick={() => move(zoomed(viewport.peek(), 1 / ZOOM_STEP, middle()))}>
          Zoom out
        </button>{' '}
        <button type="button" onClick={() => move(START)}>
          To the beginning
        </button>{' '}
        Lines: solid after a success, dashed after a failure, dotted in any case.
      </p>
    </div>
  );
}

/** The place in `drawing.apps` of the app in whose box something happened; undefined outside the boxes. */
function placeOf(target: EventTarget | null): number | undefined {
  const app = target instanceof Element ? target.closest<SVGGElement>('[data-place]') : null;
  return app === null ? undefined : Number(app.dataset['place']);
}

/** A pointer that has moved by less than this, in pixels, has clicked. */
const CLICK_REACH = 4;

/** Follows a pointer until it is released: it moves the graph, or clicks. */
function drag(first: PointerEvent, moveBy: (dx: number, dy: number) => void, onClick: () => void): void {
  let [x, y] = [first.clientX, first.clientY];
  let isClick = true;
  const onMove = (event: PointerEvent): void => {
    if (event.pointerId !== first.pointerId) return;
    if (isClick && Math.hypot(event.clientX - first.clientX, event.clientY - first.clientY) < CLICK_REACH) return;
    isClick = false;
    moveBy(x - event.clientX, y - event.clientY);
    [x, y] = [event.clientX, event.clientY];
  };
  const onEnd = (event: PointerEvent): void => {
    if (event.pointerId !== first.pointerId) return;
    removeEventListener('pointermove', onMove);
    removeEventListener('pointerup', onEnd);
    removeEventListener('pointercancel', onEnd);
    if (isClick && event.type === 'pointerup') onClick();
  };
  addEventListener('pointermove', onMove);
  addEventListener('pointerup', onEnd);
  addEventListener('pointercancel', onEnd);
}
