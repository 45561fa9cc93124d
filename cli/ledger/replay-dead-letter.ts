import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appKey } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { parseBody } from '../../src/core/webhook/parse-body.ts';
import { type ToldToLedger, tellLedger } from '../../src/core/webhook/tell-ledger.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import type { DeadDocument } from '../../src/ledger/documents/dead.ts';
import { newEvent } from '../../src/ledger/documents/event.ts';
import { newHint } from '../../src/ledger/documents/hint.ts';
import { chainsOf, type LedgerContext } from './ledger-command.ts';
import type { Replayed } from './replay-stored-event.ts';

/** An activation's id has 32 hex digits; so many of the dead letter's hash make the same id at each replay. */
const ID_LENGTH = 32;

/** Reads a dead letter with the code at hand: what it tells by now is stored and due at once, and the letter is done with. */
export async function replayDeadLetter(context: LedgerContext, dead: DeadDocument): Promise<Replayed> {
  if (dead.replayedAt !== undefined) {
    const at = new Date(dead.replayedAt).toISOString();
    return { ok: false, created: [], told: [`${dead._id} was replayed already, at ${at}.`] };
  }
  const told = understood(dead);
  if (typeof told === 'string') return { ok: false, created: [], told: [`Still not understood: ${told}`] };
  const result = await store(context, dead, told);
  // A conflict: somebody else has just replayed it, with the same result.
  await context.store.put({ ...dead, replayedAt: context.now() });
  return result;
}

/** What the body tells, or why it is still not understood. */
function understood(dead: DeadDocument): ToldToLedger | string {
  const body = Buffer.from(dead.body, dead.isBase64 ? 'base64' : 'utf8').toString('utf8');
  const activationId = dead._id.slice('dead:'.length).slice(0, ID_LENGTH);
  try {
    return tellLedger(parsed(body), { tenant: dead.tenant, receivedAt: dead.storedAt, activationId });
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'EVENT_MALFORMED') return error.message;
    throw error;
  }
}

function parsed(body: string): unknown {
  try {
    return parseBody(body);
  } catch (cause) {
    throw new CascadeError('EVENT_MALFORMED', 'it is no JSON.', { cause });
  }
}

async function store(context: LedgerContext, dead: DeadDocument, told: ToldToLedger): Promise<Replayed> {
  if (told.kind === 'ignored') {
    return { ok: true, created: [], told: [`Understood by now, and no event of ours: ${told.ignored.reason}.`] };
  }
  const ended = cappedStored(told.kind === 'event' ? told.event : told.attempt, dead.storedAt, context.now());
  if (chainsOf(context).apps[appKey(ended)] === undefined) {
    return { ok: true, created: [], told: [`Understood by now, and its app is in no chain: ${ended.appId}.`] };
  }
  const document = documentOf(context, dead, told, ended);
  const stored = await createOnce(context.store, document);
  const { _id: id } = document;
  if (stored.kind === 'exists')
    return { ok: true, created: [], told: [`Understood by now, and known already: ${id}.`] };
  return { ok: true, created: [id], told: [`Understood by now: ${id}`] };
}

function documentOf(
  { now }: LedgerContext,
  { traceId }: DeadDocument,
  told: Exclude<ToldToLedger, { readonly kind: 'ignored' }>,
  ended: ReloadFinished,
): NewDocument {
  const teller = { traceId, now: now(), times: timeConstants() };
  if (told.kind === 'event') return { ...newEvent(ended, { ...teller, source: 'replay' }), dueAt: teller.now };
  const { outcome, endedAt, partial } = ended;
  const attempt = { outcome, endedAt, partial, ...(told.reloadId !== undefined && { reloadId: told.reloadId }) };
  return { ...newHint(ended, ended.reloadId, attempt, teller), dueAt: teller.now };
}
