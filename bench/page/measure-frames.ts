/** What a person does while the frames are measured. */
export type Doing = 'pan' | 'filter';

/** The part of a browser's page that this file uses. The benchmarks are compiled without a browser's types. */
interface Browser {
  readonly document: { readonly body: Element; querySelector(selector: string): Element | null };
  readonly WheelEvent: new (type: string, init: object) => object;
  readonly InputEvent: new (type: string, init: object) => object;
  requestAnimationFrame(callback: () => void): void;
}

interface Element {
  value?: string;
  dispatchEvent(event: object): void;
}

/**
 * Measures frames in a browser while it sends the page the events of a person. It runs in the browser, so it uses
 * nothing from outside. On a page without a graph, the events reach nobody.
 *
 * @returns the time between each frame and the one before, in milliseconds.
 */
export function measureFrames({ doing, count }: { readonly doing: Doing; readonly count: number }): Promise<number[]> {
  const KEY_FRAMES = 9;
  const CYCLE_FRAMES = 100;
  const WORD = 'chain-7';
  const { document, WheelEvent, InputEvent, requestAnimationFrame } = globalThis as unknown as Browser;
  const pan = (frame: number): void => {
    const direction = frame % 200 < 100 ? 1 : -1;
    const wheel = { deltaX: direction * 12, deltaY: direction * 30, bubbles: true, cancelable: true };
    (document.querySelector('.graph svg') ?? document.body).dispatchEvent(new WheelEvent('wheel', wheel));
  };
  // In a hundred frames: a key every nine frames, a pause, and clearing the box.
  const type = (frame: number): void => {
    const input = document.querySelector('.filter input');
    const key = (frame % CYCLE_FRAMES) / KEY_FRAMES;
    if (input === null || !Number.isInteger(key) || key > WORD.length) return;
    input.value = WORD.slice(0, key);
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  return new Promise((resolve) => {
    const times: number[] = [];
    let last = performance.now();
    const next = (): void => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      if (times.length > count) {
        resolve(times.slice(1));
        return;
      }
      (doing === 'pan' ? pan : type)(times.length);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
