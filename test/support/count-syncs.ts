import { open } from 'node:fs/promises';

/** Calls of `sync` and `datasync` of any open file. */
export interface SyncCounter {
  readonly count: number;
  restore(): void;
}

/** Counts how often files are synced, with a spy on Node's file handles. */
export async function countSyncs(): Promise<SyncCounter> {
  const handle = await open('/dev/null', 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<'sync' | 'datasync', () => Promise<void>>;
  await handle.close();
  const { sync, datasync } = prototype;
  let count = 0;
  const counted = (original: () => Promise<void>) =>
    function spy(this: unknown): Promise<void> {
      count += 1;
      return original.call(this);
    };
  prototype.sync = counted(sync);
  prototype.datasync = counted(datasync);
  return {
    get count() {
      return count;
    },
    restore() {
      Object.assign(prototype, { sync, datasync });
    },
  };
}
