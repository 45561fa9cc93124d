/** Keeps a tenant's state over restarts. A tenant without one has none of these calls made. */
export interface Keeper {
  /** Something changed that has to be kept. */
  changed(): void;
  /** Resolves when all that changed so far is kept, undefined if it is already; rejects if it cannot be. */
  settled(): Promise<void> | undefined;
}

/** Waits until all that changed is kept: nothing is told to anybody that a crash could take back. @throws what the disk says */
export async function untilKept(keeper: Keeper | undefined): Promise<void> {
  const settled = keeper?.settled();
  if (settled !== undefined) await settled;
}
