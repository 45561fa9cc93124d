import type { Page } from 'playwright-core';

/** The name of the element with the focus, as people see it: its label, else its text. */
export const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    const isField = element instanceof HTMLInputElement || element instanceof HTMLSelectElement;
    const label = isField ? (element.labels?.[0]?.cloneNode(true) as HTMLElement | undefined) : undefined;
    // The label contains the field, whose text must not be part of the name.
    for (const field of label?.querySelectorAll('input, select') ?? []) field.remove();
    const name = element?.getAttribute('aria-label') ?? label?.textContent ?? element?.textContent ?? '';
    return element === document.body ? '' : name.replace(/\s+/g, ' ').trim();
  });

/** How often a person would press Tab at most. */
const MOST_TABS = 80;

/**
 * Presses Tab until the element with this name has the focus.
 *
 * @throws Error if Tab does not lead there. It has the names of all elements on the way.
 */
export async function tabTo(page: Page, name: string): Promise<void> {
  const met: string[] = [];
  while (met.length < MOST_TABS) {
    await page.keyboard.press('Tab');
    const focused = await focusedName(page);
    if (focused === name) return;
    met.push(focused);
  }
  throw new Error(`Tab does not lead to “${name}”. It led to: ${met.join(' · ')}`);
}
