import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import leveldown from 'leveldown';
import { CascadeError } from '../../../src/core/cascade-error.ts';

/** Replaces a file's content in one step. After a crash the file has all of the old content, or all of the new. */
export async function writeFileSynced(file: string, content: string): Promise<void> {
  const beside = `${file}.new`;
  await writeSynced(beside, content);
  await rename(beside, file);
  // Windows opens no directories, and needs no sync of them.
  if (process.platform !== 'win32') await withFile(path.dirname(file), 'r', (directory) => directory.sync());
}

const writeSynced = (file: string, content: string | Buffer): Promise<void> =>
  withFile(file, 'w', async (handle) => {
    await handle.writeFile(content);
    await handle.sync();
  });

async function withFile(file: string, flags: 'r' | 'w', work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, flags, 0o600);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

const LOCKED = /IO error: lock|LockFile/i;

// If LevelDB is asked for a LOCK that this process holds, it frees the LOCK for all other processes.
const held = new Set<string>();

/**
 * Locks `directory` for this process with a LOCK of LevelDB. The system frees that when the process ends in any way.
 *
 * @param owner - what locks it, for the message: `running store`.
 * @param other - what to choose instead, for the message: `another directory`.
 * @returns what frees it again.
 * @throws CascadeError STORE_IN_USE if it is locked.
 */
export async function lockDirectory(directory: string, owner: string, other: string): Promise<() => Promise<void>> {
  const location = path.join(directory, 'lock');
  await mkdir(location, { recursive: true });
  const place = await realpath(location);
  const inUse = (cause?: unknown): CascadeError => {
    const message = `The directory ${directory} is in use by another ${owner}. Stop that one, or choose ${other}.`;
    return new CascadeError('STORE_IN_USE', message, { cause });
  };
  if (held.has(place)) throw inUse();
  held.add(place);
  const level = leveldown(location);
  try {
    await promisify(level.open.bind(level, {}))();
  } catch (cause) {
    held.delete(place);
    throw LOCKED.test(cause instanceof Error ? cause.message : '') ? inUse(cause) : cause;
  }
  return async () => {
    await promisify(level.close.bind(level))();
    held.delete(place);
  };
}

const PROBE_BYTES = 1_000_000;

/** Writes a megabyte to `file`, synced, and removes it. Rejects with the system's error if the disk does not take it. */
export async function probeDisk(file: string): Promise<void> {
  try {
    await writeSynced(file, Buffer.alloc(PROBE_BYTES));
  } finally {
    await rm(file, { force: true });
  }
}

/** The bytes of a database's files at `location`, and of its indexes beside it. */
export async function sizeOnDisk(location: string): Promise<number> {
  const [parent, name] = [path.dirname(location), path.basename(location)];
  const folders = (await readdir(parent)).filter((each) => each.startsWith(name));
  const files = await Promise.all(folders.map(async (folder) => filesIn(path.join(parent, folder))));
  const sizes = await Promise.all(files.flat().map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).map((file) => path.join(folder, file));

/** LevelDB removes files while it compacts. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
