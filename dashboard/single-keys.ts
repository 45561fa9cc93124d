/*
 * The key t alone shows the table in the view Now. A person who speaks to the computer, or whose hand slips, would
 * press it by mistake. So a person can switch such keys off on this device (WCAG 2.1.4).
 */

import { signal } from '@preact/signals';

/** Under this name the device keeps the choice. */
const NAME = 'cascade-single-keys';

/** Whether a letter without Ctrl or Alt is a key of the page. True until a person switches that off. */
export const hasSingleKeys = signal(inStorage(() => localStorage.getItem(NAME)) !== 'off');

/** Switches the keys on or off. The device remembers it. */
export function setSingleKeys(isOn: boolean): void {
  hasSingleKeys.value = isOn;
  inStorage(() => localStorage.setItem(NAME, isOn ? 'on' : 'off'));
}

/** Uses the browser's storage. A browser may refuse that: then the choice lasts until the page is closed. */
function inStorage<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
