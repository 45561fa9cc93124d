/** Something that a page must show, and what to do then. */
export interface PaintStep {
  readonly name: string;
  /** Selects the elements. */
  readonly selector: string;
  /** How many of the elements must be there at least; default: 1. */
  readonly count?: number;
  /** A text that the first element must contain. */
  readonly text?: string;
  /** The selector and the text of an element to click as soon as it is painted. */
  readonly click?: readonly [selector: string, text: string];
}

/** When each step was painted, in milliseconds since the page was opened. */
export type PaintTimes = Readonly<Record<string, number>>;

/** The part of a browser's page that this file uses. The benchmarks are compiled without a browser's types. */
interface Browser {
  readonly document: {
    querySelectorAll(selector: string): ArrayLike<{ readonly textContent: string; click(): void }>;
  };
  readonly MutationObserver: new (
    listener: () => void,
  ) => {
    observe(target: unknown, options: object): void;
    disconnect(): void;
  };
  requestAnimationFrame(callback: () => void): void;
  paints?: Promise<PaintTimes>;
}

/**
 * Notes when each of some steps is painted, one after the other. It runs in the browser, so it uses nothing from
 * outside. The result is in the page's global `paints`.
 */
export function timePaints(steps: readonly PaintStep[]): void {
  const page = globalThis as unknown as Browser;
  const elements = (selector: string) => Array.from(page.document.querySelectorAll(selector));
  const isThere = ({ selector, count = 1, text = '' }: PaintStep): boolean => {
    const found = elements(selector);
    return found.length >= count && found[0]?.textContent.includes(text) === true;
  };
  const shown = (step: PaintStep): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isThere(step)) return;
        observer.disconnect();
        resolve();
      };
      const observer = new page.MutationObserver(look);
      observer.observe(page.document, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    });
  // The callbacks of a frame run before the frame is painted. A timer that they set fires after that.
  const painted = (): Promise<void> =>
    new Promise((resolve) => page.requestAnimationFrame(() => setTimeout(resolve, 0)));
  page.paints = (async () => {
    const times: Record<string, number> = {};
    for (const step of steps) {
      await shown(step);
      await painted();
      times[step.name] = performance.now();
      const [selector, text] = step.click ?? ['', ''];
      if (step.click !== undefined)
        elements(selector)
          .find(({ textContent }) => textContent.includes(text))
          ?.click();
    }
    return times;
  })();
}

/**
 * The code that starts `timePaints` in a page.
 *
 * @param steps - an expression of JavaScript that is a list of steps.
 */
export const timePaintsCode = (steps: string): string =>
  // esbuild names functions with this helper, which the browser does not have.
  `globalThis.__name ??= (named) => named; (${timePaints})(${steps});`;
