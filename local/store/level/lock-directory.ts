import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import leveldown from 'leveldown';
import { CascadeError } from '../../../src/core/cascade-error.ts';

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
