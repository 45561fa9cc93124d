import { open, rm } from 'node:fs/promises';

const PROBE_BYTES = 1_000_000;

/** Writes and removes a megabyte at `file`, synced; rejects with the system's error when the disk does not take it. */
export async function probeDisk(file: string): Promise<void> {
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(PROBE_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } finally {
    await rm(file, { force: true });
  }
}
