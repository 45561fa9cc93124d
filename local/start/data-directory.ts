import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TenantName } from '../../src/core/names.ts';
import { lockDirectory } from '../store/level/disk.ts';
import type { StartOptions } from './start-options.ts';

/**
 * The paths in the data directory. `npm start` runs all of Cascade on one machine, and keeps there what the next `npm
 * start` continues with. The ledger (Cascade's memory) is in the embedded store, which answers as a CouchDB does.
 */
export interface DataDirectory {
  /** The directory of the embedded store. */
  readonly store: string;
  /** The file with the keys. */
  readonly keys: string;
  /** The file that says how to reach the ledger. It exists while the embedded store runs. */
  readonly ledger: string;
  /** The file with the state of a simulated tenant. */
  tenant(name: TenantName): string;
}

const DEFAULT = fileURLToPath(new URL('../../.cascade', import.meta.url));

/**
 * Makes the data directory, and locks it, so that no second `npm start` writes there. If `once` is given and `data` is
 * not, the directory is a new temporary one, which is removed at the end.
 *
 * @returns undefined if there is no ledger: then nothing is kept.
 * @throws CascadeError STORE_IN_USE if another process has the directory; an error of Node.js if the disk fails.
 */
export async function openDataDirectory(
  { ledger, once, data }: Pick<StartOptions, 'ledger' | 'once' | 'data'>,
  onEnd: (end: () => Promise<unknown>) => void,
): Promise<DataDirectory | undefined> {
  if (!ledger) return undefined;
  const isFresh = once && data === undefined;
  const directory = isFresh ? await mkdtemp(join(tmpdir(), 'cascade-data-')) : (data ?? DEFAULT);
  if (isFresh) onEnd(() => rm(directory, { recursive: true, force: true }));
  // A new directory is for its owner only, because it has the keys.
  await mkdir(join(directory, 'tenants'), { recursive: true, mode: 0o700 });
  onEnd(await lockDirectory(directory, 'npm start', 'another with --data'));
  return {
    store: join(directory, 'store'),
    keys: join(directory, 'keys.json'),
    ledger: join(directory, 'ledger.json'),
    tenant: (name) => join(directory, 'tenants', `${name}.json`),
  };
}
