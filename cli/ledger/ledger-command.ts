import type { Command } from 'commander';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { appKey } from '../../src/core/names.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { DEFAULT_DATA, findLedger, type WhoseUser } from './find-ledger.ts';

/** The options that every command on the ledger has. */
export interface LedgerOptions {
  readonly data?: string;
  readonly chains: string;
  readonly json?: boolean;
}

/** What a command on the ledger works with. */
export interface LedgerContext {
  readonly store: CouchPort;
  /** Absent if the chain files have errors, or there are none. */
  readonly chains?: CompiledChains;
  readonly labelOf: LabelOf;
  /** The store's clock, once it has answered. */
  readonly now: () => EpochMs;
  readonly terminal: Terminal;
  readonly json: boolean;
  /** Tells once, on standard error, which ledger this is: where something is changed, or not found. */
  readonly nameLedger?: () => void;
  /** Whether the user of the ledger may only read it; absent if nobody can be asked. */
  readonly isReader?: () => Promise<boolean>;
  /** Whether that user is the actions', too. */
  readonly whoseUser?: WhoseUser;
}

/** Adds the options that every command on the ledger has. */
export const withLedgerOptions = (command: Command): Command =>
  command
    .option(
      '--data <directory>',
      `the ledger of an npm start that keeps its data there (default: COUCHDB_URL of the environment or .env, else "${DEFAULT_DATA}")`,
    )
    .option('--chains <directory>', 'where the chain files are', 'chains')
    .option('--json', 'print one JSON document');

/** Whether a command only reads the ledger, or changes it: then it tells first which one that is. */
export type Access = 'reads' | 'changes';

/**
 * Opens the ledger, reads the chain files, and does `work` with them.
 *
 * @throws CascadeError as `findLedger` and `work`; where the store does not answer, with its address.
 */
export async function onLedger(
  { data, chains, json }: LedgerOptions,
  terminal: Terminal,
  access: Access,
  work: (context: LedgerContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { database, source, isOneOfTwo, advice, whoseUser } = await findLedger(data, process.env);
  const nameLedger = once(() => terminal.writeError(`Ledger: ${database.url}/${database.database} (${source})\n`));
  if (access === 'changes' || isOneOfTwo) nameLedger();
  // The HTTP client is loaded only if there is something to ask.
  const { openCouchdb } = await import('./open-couchdb.ts');
  const { isReaderOf } = await import('./is-reader.ts');
  const clock = (): EpochMs => Date.now() as EpochMs;
  const compiled = await compiledIn(chains);
  const context = contextOf(openCouchdb(database), compiled, terminal, json === true, clock, nameLedger);
  try {
    return await work({ ...context, isReader: () => isReaderOf(database), whoseUser });
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    // Nothing by that name: it may be in another ledger.
    if (error.code === 'PARAMETERS_INVALID') nameLedger();
    if (error.code !== 'STORE_UNAVAILABLE') throw error;
    const message = `The ledger at ${database.url} cannot be used now. ${advice} ${error.message}`;
    throw new CascadeError('STORE_UNAVAILABLE', message, { cause: error });
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** @param clock - for as long as the store has not answered. */
export const contextOf = (
  store: CouchPort,
  chains: CompiledChains | undefined,
  terminal: Terminal,
  json: boolean,
  clock: () => EpochMs,
  nameLedger: () => void = () => {},
): LedgerContext => ({
  store,
  ...(chains === undefined ? {} : { chains }),
  labelOf: (app) => chains?.apps[appKey(app)]?.label ?? `${app.tenant}/${app.appId}`,
  now: () => store.now() ?? clock(),
  terminal,
  json,
  nameLedger,
});

async function compiledIn(directory: string): Promise<CompiledChains | undefined> {
  try {
    return (await compileDirectory(directory)).compiled;
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'NO_CHAINS') return undefined;
    throw error;
  }
}

/**
 * The chains, for a command that cannot do without.
 *
 * @throws CascadeError CHAIN_INVALID.
 */
export function chainsOf({ chains }: LedgerContext): CompiledChains {
  if (chains !== undefined) return chains;
  throw new CascadeError(
    'CHAIN_INVALID',
    'There are no chain files, or they have errors: run cascade check, or say where they are with --chains.',
  );
}
