import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import leveldown from 'leveldown';
import { CascadeError } from '../../../src/core/cascade-error.ts';

/** Replaces a file's content in one step that outlives a crash: all of the old, or all of the new. */
export async function writeFileSynced(file: string, content: string): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncDirectory(path.dirname(file));
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories, and needs no sync of them.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const LOCKED = /IO error: lock|LockFile/i;

// LevelDB's own look at a LOCK that this process holds would free it for all others.
const held = new Set<string>();

/**
 * Makes `directory` this store's own, by LevelDB's LOCK: the system frees it when the process ends in any way.
 *
 * @returns what gives it free again.
 * @throws CascadeError `STORE_IN_USE` when another store has it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const location = path.join(directory, 'lock');
  await mkdir(location, { recursive: true });
  const place = await realpath(location);
  if (held.has(place)) throw inUse(directory);
  held.add(place);
  const level = leveldown(location);
  try {
    await promisify(level.open.bind(level, {}))();
  } catch (cause) {
    held.delete(place);
    throw LOCKED.test(cause instanceof Error ? cause.message : '') ? inUse(directory, cause) : cause;
  }
  return async () => {
    await promisify(level.close.bind(level))();
    held.delete(place);
  };
}

const inUse = (directory: string, cause?: unknown): CascadeError =>
  new CascadeError(
    'STORE_IN_USE',
    `The directory ${directory} is in use by another running store; stop that one or choose another directory.`,
    { cause },
  );

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
