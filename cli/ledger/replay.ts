import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { type DeadDocument, readDead } from '../../src/ledger/documents/dead.ts';
import { chainsOf, type LedgerContext, type LedgerReport } from './ledger-command.ts';
import { markDeadLetter } from './mark-dead-letter.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';
import { type Replayed, replayStoredEvent } from './replay-stored-event.ts';

const SWEEP_NOW =
  'The next sweep, at most 5 minutes from now, starts the reloads that follow. At once: .tools/wsk action invoke cascade/sweep';

/**
 * `cascade replay <event>` orders once more the reloads that follow a reload that ended, because they did not start or
 * went wrong. It leaves out those that wait for several apps. `cascade replay <dead letter>` reads again a webhook that
 * Cascade could not understand.
 *
 * The report about an event is `ok` if reloads were ordered again, and no order failed. The report about a dead letter
 * is `ok` if this version of Cascade understands it, it was not replayed before, and it is marked as replayed.
 *
 * @param text - the id of an event (a reload that ended) or of a dead letter, or the reload's id.
 * @throws CascadeError PARAMETERS_INVALID if there is no such document, or if several tenants have a reload with the
 *   id; LEDGER_MALFORMED if it is malformed; as `replayStoredEvent` and `replayDeadLetter`.
 */
export async function replay(context: LedgerContext, text: string): Promise<LedgerReport> {
  const replayed = text.startsWith('dead:')
    ? await replayDeadLetter(context, await readDeadLetter(context.store, text))
    : await replayEventOf(context, text);
  const { created, sentences } = replayed;
  return reportOf({ ...replayed, sentences: created.length === 0 ? sentences : [...sentences, SWEEP_NOW] });
}

/**
 * `cascade replay <dead letter> --dismiss`, or `cascade dismiss <dead letter>`: a dead letter is kept, but `cascade
 * runs --problems` no longer lists it. It can still be replayed, if it was not before. The report is `ok` if the
 * dismissal is stored.
 *
 * @param id - `dead:…`.
 * @throws CascadeError PARAMETERS_INVALID if there is no such dead letter; LEDGER_MALFORMED if it is malformed;
 *   STORE_UNAVAILABLE; STORE_REFUSED if this user may not read.
 */
export async function dismissDeadLetter({ store, now }: LedgerContext, id: string): Promise<LedgerReport> {
  const dead = await readDeadLetter(store, id);
  const why = await markDeadLetter(store, dead, 'dismissedAt', now());
  const sentence =
    why === undefined
      ? `dismissed. It is kept${dead.replayedAt === undefined ? ', and cascade replay can still read it again' : ''}.`
      : `not dismissed: ${why}`;
  return reportOf({ ok: why === undefined, created: [], sentences: [`${id}: ${sentence}`] });
}

const reportOf = ({ ok, created, sentences }: Replayed): LedgerReport => ({
  ok,
  json: { created, told: sentences },
  lines: sentences,
});

/**
 * Reads a dead letter from the ledger (Cascade's memory in CouchDB).
 *
 * @throws CascadeError PARAMETERS_INVALID if there is no such dead letter; LEDGER_MALFORMED if it is malformed;
 *   STORE_UNAVAILABLE, STORE_REFUSED.
 */
async function readDeadLetter(store: Pick<CouchPort, 'get'>, id: string): Promise<DeadDocument> {
  const document = id.startsWith('dead:') ? await store.get(id) : undefined;
  if (document !== undefined) return readDead(document);
  const message = `There is no dead letter "${id}": cascade runs --problems lists them.`;
  throw new CascadeError('PARAMETERS_INVALID', message);
}

/**
 * Finds the event that the text names, and replays it. For a reload's id, the tenants of the chain files are tried.
 *
 * @throws CascadeError PARAMETERS_INVALID if there is no such event, or several tenants have one; CHAIN_INVALID without
 *   valid chain files; as `replayStoredEvent`.
 */
async function replayEventOf(context: LedgerContext, text: string): Promise<Replayed> {
  const ids = text.startsWith('event:') ? [text] : eventIdsOf(context, text as ReloadId);
  const [event, another] = (await context.store.many(ids)).filter((document) => document !== undefined);
  if (event !== undefined && another === undefined) return replayStoredEvent(context, event);
  throw new CascadeError(
    'PARAMETERS_INVALID',
    event === undefined
      ? `There is no event "${text}". Give event:<tenant>:<reload id> as cascade runs prints it, its reload id, or dead:<hash>.`
      : `Several tenants have a reload "${text}": give the whole id, event:<tenant>:<reload id>.`,
  );
}

/** The ids that the event of a reload may have: one for each tenant of the chain files. */
function eventIdsOf(context: LedgerContext, reloadId: ReloadId): readonly string[] {
  const tenants = new Set(Object.values(chainsOf(context).apps).map(({ tenant }) => tenant));
  return [...tenants].map((tenant) => eventId(tenant, reloadId));
}
