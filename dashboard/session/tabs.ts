import { type ReadonlySignal, signal } from '@preact/signals';

/**
 * What a tab knows of other tabs of this browser. Two tabs that write documents to the device at the same time would
 * disturb each other, so only the first one writes. The page also says that it is open twice.
 */
export interface Tabs {
  /**
   * Whether another tab had these documents open before this one. It becomes false when this tab is the first one of
   * those that are left.
   */
  readonly isSecond: ReadonlySignal<boolean>;
  /** Lets the next tab be the first one. */
  leave(): void;
}

/**
 * Joins the tabs that have the same documents open. The first tab holds a lock of the browser, and the others wait for
 * it. In a browser without locks each tab counts as the first one.
 *
 * @param name - the name of the documents' database on this device.
 */
export function joinTabs(name: string): Tabs {
  const isSecond = signal(false);
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const { locks } = navigator as { readonly locks?: LockManager };
  void locks?.request(name, { ifAvailable: true }, (lock) => {
    if (lock !== null) return left;
    isSecond.value = true;
    void locks.request(name, () => {
      isSecond.value = false;
      return left;
    });
    return undefined;
  });
  return { isSecond, leave };
}
