import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import leveldown from 'leveldown';
import { CascadeError } from '../../../src/core/cascade-error.ts';

/**
 * Makes `directory` this store's own, by LevelDB's LOCK: the system frees it when the process ends in any way.
 *
 * @returns what gives it free again.
 * @throws CascadeError `STORE_IN_USE` when another store has it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const location = path.join(directory, 'lock');
  await mkdir(location, { recursive: true });
  const level = leveldown(location);
  try {
    await promisify(level.open.bind(level, {}))();
  } catch (cause) {
    if (!/lock/i.test(cause instanceof Error ? cause.message : '')) throw cause;
    throw new CascadeError(
      'STORE_IN_USE',
      `The directory ${directory} is in use by another running store; stop that one or choose another directory.`,
      { cause },
    );
  }
  return async () => {
    await promisify(level.close.bind(level))();
  };
}
