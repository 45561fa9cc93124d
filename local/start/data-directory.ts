import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import { lockDirectory } from '../store/level/disk.ts';
import type { StartOptions } from './start-options.ts';

/** Where `npm start` keeps what outlives it. */
export interface DataDirectory {
  /** Of the embedded store. */
  readonly store: string;
  readonly keys: string;
  /** How the ledger is reached, while the embedded store is up. */
  readonly ledger: string;
  /** The state of a simulated tenant. */
  tenant(name: TenantName): string;
}

const DEFAULT = fileURLToPath(new URL('../../.cascade', import.meta.url));

/**
 * Makes the directory, and makes it this process's own; with `once` and no directory named, a fresh one that goes at the end.
 *
 * @returns undefined without a ledger: then nothing is kept.
 * @throws CascadeError STORE_IN_USE when another process has it.
 */
export async function openDataDirectory(
  { ledger, once, data }: Pick<StartOptions, 'ledger' | 'once' | 'data'>,
  onEnd: (end: () => Promise<unknown>) => void,
): Promise<DataDirectory | undefined> {
  if (!ledger) return undefined;
  const isFresh = once && data === undefined;
  const directory = isFresh ? await mkdtemp(join(tmpdir(), 'cascade-data-')) : (data ?? DEFAULT);
  if (isFresh) onEnd(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'tenants'), { recursive: true, mode: 0o700 });
  onEnd(await lock(directory));
  return {
    store: join(directory, 'store'),
    keys: join(directory, 'keys.json'),
    ledger: join(directory, 'ledger.json'),
    tenant: (name) => join(directory, 'tenants', `${name}.json`),
  };
}

async function lock(directory: string): Promise<() => Promise<void>> {
  try {
    return await lockDirectory(directory);
  } catch (cause) {
    if (!(cause instanceof CascadeError) || cause.code !== 'STORE_IN_USE') throw cause;
    const message = `The directory ${directory} is in use by another npm start. Stop that one, or choose another with --data.`;
    throw new CascadeError('STORE_IN_USE', message, { cause });
  }
}
