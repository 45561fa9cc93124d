/** Something that a page shall show, and what is then done. */
export interface PaintStep {
  readonly name: string;
  /** The elements that are looked for. */
  readonly selector: string;
  /** At least so many of them must be there: 1 if absent. */
  readonly count?: number;
  /** The first of them must contain this text. */
  readonly text?: string;
  /** The selector and the text of what is clicked as soon as it is painted. */
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
  // A frame's callbacks run before it is painted. A timer that is set there fires after it.
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
