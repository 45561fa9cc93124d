import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import type { StoreReady, StoreWanted } from '../support/processes.ts';
import { type Killable, startKillable } from './killable.ts';
import { type LedgerReader, ledgerReader } from './ledger-reader.ts';

/** The settings of a deployment that name the store. */
export type StoreSettings = Readonly<Record<'COUCHDB_URL' | 'COUCHDB_ADMIN_URL' | 'COUCHDB_DATABASE', string>>;

/** The embedded store in a process of its own, on disk, with the ledger installed as deployment does. */
export interface BenchStore extends Killable<StoreReady> {
  readonly settings: StoreSettings;
  /** As the administrator. */
  readonly reader: LedgerReader;
}

const DATABASE = 'cascade';

/** Starts it in a temporary directory, which `close` removes. */
export async function startBenchStore(): Promise<BenchStore> {
  const directory = await mkdtemp(join(tmpdir(), 'cascade-bench-store-'));
  const admin = { name: 'cascade', password: randomBytes(16).toString('hex') };
  const store = await startKillable<StoreReady>(
    './store-process.ts',
    { directory, admin, port: 0 } satisfies StoreWanted,
    ({ url }) => ({ port: Number(new URL(url).port) }),
  );
  const { url } = store.ready;
  const urlFor = (username: string, password: string): string =>
    Object.assign(new URL(url), { username, password }).href;
  const settings = {
    COUCHDB_URL: urlFor('cascade-actions', randomBytes(16).toString('hex')),
    COUCHDB_ADMIN_URL: urlFor(admin.name, admin.password),
    COUCHDB_DATABASE: DATABASE,
  };
  await installConfiguredLedger(settings);
  return {
    ...store,
    settings,
    reader: ledgerReader({ url, database: DATABASE, ...admin }),
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
