/*
 * Many commands work on the ledger, Cascade's memory in CouchDB. This file opens the ledger for them, and gives them
 * what they need beside it: the chain files, a clock, and ways to print.
 */

import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { PurgePort } from '../../src/clients/couchdb/purge-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { appKey } from '../../src/core/names.ts';
import { type Paints, paintsOf } from '../../src/core/paint.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import type { HostSettings } from '../../src/deploy/host-settings.ts';
import type { CommandOption, Report, Terminal } from '../terminal.ts';
import { DEFAULT_DATA, findLedger, type WhoseUser } from './find-ledger.ts';

/** The values of `LEDGER_OPTIONS`, and of `--json`, which every command has. */
export interface LedgerOptions {
  readonly data?: string;
  readonly chains: string;
  readonly json?: boolean;
}

/** What a command on the ledger works with. */
export interface LedgerContext {
  /** The database’s name. The names of the roles by which CouchDB gives access begin with it. */
  readonly database: string;
  readonly store: CouchPort;
  /** Undefined if there are no chain files, or if they have errors. */
  readonly chains: CompiledChains | undefined;
  readonly labelOf: LabelOf;
  /** The time by CouchDB's clock. Until CouchDB has answered once, it is the time of this machine. */
  readonly now: () => EpochMs;
  readonly paints: Paints;
  /** Writes a sentence to standard error at once, also with `--json`. */
  readonly warn: (sentence: string) => void;
  /** Whether CouchDB says that the user of `store` may only read. */
  readonly isReader: () => Promise<boolean>;
  /** Whether the user of `store` is the user with whom the actions log in. */
  readonly whoseUser: WhoseUser;
  /** How long the ledger keeps final documents, with which nothing is left to do: RETENTION_DAYS. */
  readonly retention: DurationMs;
  /** The same database with a person’s login. */
  readonly asPerson: (name: string, password: string) => CouchPort;
  /**
   * The same ledger with the login of COUCHDB_ADMIN_URL. If that is not set, and for an `npm start`, it has the login
   * of `store`.
   */
  readonly admin: LedgerAdmin;
  /** The OpenWhisk host on which the actions of this ledger run. @throws CascadeError SETTINGS_INVALID. */
  readonly hostOf: () => HostSettings;
}

/** The ledger's database, opened with the administrator's login. */
export interface LedgerAdmin {
  readonly store: CouchPort;
  /** Removes documents for good. */
  readonly port: PurgePort;
  /** The server’s users. */
  readonly users: CouchPort;
  /** The name in the login; absent if the address has none. */
  readonly name?: string | undefined;
}

/** What a command on the ledger found or did. */
export interface LedgerReport extends Report {
  /**
   * True if the ledger has nothing that was asked for. Perhaps it is the wrong ledger, so `onLedger` prints which one
   * it is.
   */
  readonly isEmpty?: boolean;
}

/** The options that every command on the ledger has. */
export const LEDGER_OPTIONS: readonly CommandOption[] = [
  {
    flags: '--data <directory>',
    description: `the ledger of an npm start that keeps its data there (default: COUCHDB_URL of the environment or .env, else "${DEFAULT_DATA}")`,
  },
  { flags: '--chains <directory>', description: 'where the chain files are', fallback: 'chains' },
];

/**
 * Opens the ledger, reads the chain files, and does `work` with them.
 *
 * @param access - if the command `changes` the ledger, `onLedger` first prints which ledger it is, so that a person
 *   sees a mistake. If the command `reads`, it prints that only if another ledger may be meant.
 * @throws CascadeError as `findLedger` and `work`. The message of STORE_UNAVAILABLE names CouchDB's address.
 */
export async function onLedger(
  { data, chains: directory }: LedgerOptions,
  terminal: Terminal,
  access: 'reads' | 'changes',
  work: (context: LedgerContext) => Promise<LedgerReport>,
): Promise<Report> {
  const { database, admin, retention, source, isOneOfTwo, advice, whoseUser, hostOf } = await findLedger(
    data,
    process.env,
  );
  const warn = (sentence: string): void => terminal.writeError(`${sentence}\n`);
  const nameLedger = (): void => warn(`Ledger: ${database.url}/${database.database} (${source})`);
  const isNamed = access === 'changes' || isOneOfTwo;
  if (isNamed) nameLedger();
  // The HTTP client is loaded only if there is something to ask.
  const { openCouchdb, openPurge, isReaderOf } = await import('./open-couchdb.ts');
  const store = openCouchdb(database);
  const chains = await compiledIn(directory);
  try {
    const report = await work({
      database: database.database,
      store,
      chains,
      labelOf: labelsOf(chains),
      now: () => store.now() ?? (Date.now() as EpochMs),
      paints: paintsOf(terminal.colored),
      warn,
      isReader: () => isReaderOf(database),
      whoseUser,
      retention,
      asPerson: (name, password) => openCouchdb({ ...database, authorization: basicOf(name, password) }),
      admin: {
        store: openCouchdb(admin),
        port: openPurge(admin),
        users: openCouchdb({ ...admin, database: '_users' }),
        name: nameIn(admin.authorization),
      },
      hostOf,
    });
    if (report.isEmpty === true && !isNamed) nameLedger();
    return report;
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    // Perhaps the parameter names something of another ledger. So a line says which ledger this is.
    if (error.code === 'PARAMETERS_INVALID' && !isNamed) nameLedger();
    if (error.code !== 'STORE_UNAVAILABLE') throw error;
    const message = `The ledger at ${database.url} cannot be used now. ${advice} ${error.message}`;
    throw new CascadeError('STORE_UNAVAILABLE', message, { cause: error });
  }
}

const basicOf = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** The name in a login of `basicOf`'s form. */
const nameIn = (authorization = ''): string =>
  Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')[0] ?? '';

/** Makes a function that names an app: by its label in the chain files, or by tenant and id if no chain has the app. */
export const labelsOf =
  (chains: CompiledChains | undefined): LabelOf =>
  (app) =>
    chains?.apps[appKey(app)]?.label ?? `${app.tenant}/${app.appId}`;

async function compiledIn(directory: string): Promise<CompiledChains | undefined> {
  try {
    return (await compileDirectory(directory)).compiled;
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'NO_CHAINS') return undefined;
    throw error;
  }
}

/**
 * The chains, for a command that needs them.
 *
 * @throws CascadeError CHAIN_INVALID if there are no chain files, or if they have errors.
 */
export function chainsOf({ chains }: Pick<LedgerContext, 'chains'>): CompiledChains {
  if (chains !== undefined) return chains;
  throw new CascadeError(
    'CHAIN_INVALID',
    'There are no chain files, or they have errors: run cascade check, or say where they are with --chains.',
  );
}
