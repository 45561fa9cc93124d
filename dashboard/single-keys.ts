import { signal } from '@preact/signals';

const NAME = 'cascade-single-keys';

/**
 * Whether a letter alone is a key of the page. A person who speaks to the computer, or whose hand slips, can switch that off
 * on this device (WCAG 2.1.4).
 */
export const hasSingleKeys = signal(inStorage(() => localStorage.getItem(NAME)) !== 'off');

/** Switches the keys on or off, also for the next time. */
export function setSingleKeys(isOn: boolean): void {
  hasSingleKeys.value = isOn;
  inStorage(() => localStorage.setItem(NAME, isOn ? 'on' : 'off'));
}

/** A browser may keep all site data from the page. Then the choice is for this tab alone. */
function inStorage<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
