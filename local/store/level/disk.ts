/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file does the
 * things that need care on a disk: a crash must not leave half a file, and two stores must not use one folder.
 */

import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import leveldown from 'leveldown';
import { CascadeError } from '../../../src/core/cascade-error.ts';

/**
 * Replaces a file's content in one step. After a crash the file has either the whole old content or the whole new
 * content.
 */
export async function writeFileSynced(file: string, content: string): Promise<void> {
  const beside = `${file}.new`;
  await writeSynced(beside, content);
  await rename(beside, file);
  // Windows cannot open a directory, and need not sync it.
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

// LevelDB's errors for a lock that somebody else has, such as `IO error: lock …/LOCK: already held by process`.
const LOCKED = /IO error: lock|LockFile/i;

// The directories that this process has locked. If LevelDB locked one of them a second time, it would lose the first
// lock.
const held = new Set<string>();

/**
 * Locks `directory` for this process, with LevelDB's file LOCK. The system frees the lock when the process ends,
 * however it ends.
 *
 * @param owner - who locks the directory, for the message: `running store`.
 * @param other - what to choose instead, for the message: `another directory`.
 * @returns a function that frees the lock.
 * @throws CascadeError STORE_IN_USE if another process, or this one, has locked the directory; another error if the
 *   disk fails.
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

/** One megabyte: more than the store usually writes at once. */
const PROBE_BYTES = 1_000_000;

/**
 * Checks that the disk takes writes again after a failure: writes a megabyte to `file`, syncs it, and removes it. If
 * that fails, the promise rejects with the system's error.
 */
export async function probeDisk(file: string): Promise<void> {
  try {
    await writeSynced(file, Buffer.alloc(PROBE_BYTES));
  } finally {
    await rm(file, { force: true });
  }
}

/** The size in bytes of a database's files at `location`, with its indexes, which are beside it. */
export async function sizeOnDisk(location: string): Promise<number> {
  const [parent, name] = [path.dirname(location), path.basename(location)];
  const folders = (await readdir(parent)).filter((each) => each.startsWith(name));
  const files = await Promise.all(folders.map(async (folder) => filesIn(path.join(parent, folder))));
  const sizes = await Promise.all(files.flat().map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).map((file) => path.join(folder, file));

/** The size of a file; 0 if it is gone. LevelDB removes files while it compacts. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
