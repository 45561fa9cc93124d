import { type ReadonlySignal, signal } from '@preact/signals';

/** What a tab knows of other tabs of this browser. */
export interface Tabs {
  /** Whether another tab had these documents open before. It ends if that tab is closed. */
  readonly isSecond: ReadonlySignal<boolean>;
  leave(): void;
}

/**
 * Joins the tabs that have the same documents open. The first one holds a lock of the browser; each other one waits for it. A
 * browser without locks shows no difference.
 *
 * @param name - of the documents.
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
