import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { type DeadDocument, readDead } from '../../src/ledger/documents/dead.ts';
import { EXIT, type ExitCode, writeJson } from '../terminal.ts';
import type { LedgerContext } from './ledger-command.ts';

/**
 * `cascade replay <dead letter> --dismiss`: it is kept, and no problem any more. It may still be replayed.
 *
 * @param id - `dead:…`.
 * @throws CascadeError PARAMETERS_INVALID if there is no such dead letter.
 */
export async function dismissDeadLetter(context: LedgerContext, id: string): Promise<ExitCode> {
  const { store, terminal, json, now } = context;
  const dead = await readDeadLetter(store, id);
  // A conflict: somebody else has just replayed or dismissed it, and it is no problem either way.
  if (dead.dismissedAt === undefined) await store.put({ ...dead, dismissedAt: now() });
  const told = [`${id}: dismissed. It is kept; without --dismiss it can still be read again.`];
  if (json) writeJson(terminal, { ok: true, created: [], told });
  else for (const sentence of told) terminal.write(`${sentence}\n`);
  return EXIT.ok;
}

/** @throws CascadeError PARAMETERS_INVALID if there is no such dead letter. */
export async function readDeadLetter(store: Pick<CouchPort, 'get'>, id: string): Promise<DeadDocument> {
  const document = id.startsWith('dead:') ? await store.get(id) : undefined;
  if (document !== undefined) return readDead(document);
  const message = `There is no dead letter "${id}": cascade runs --problems lists them.`;
  throw new CascadeError('PARAMETERS_INVALID', message);
}
