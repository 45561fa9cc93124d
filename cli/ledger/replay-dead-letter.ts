/*
 * A dead letter is a webhook from the right sender that Cascade could not understand, and has kept. `cascade replay`
 * reads it again: a newer version of Cascade may understand it. Then what the webhook reported is not lost.
 */

import { cappedStored } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appKey } from '../../src/core/names.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { normaliseEvent, type WebhookNews } from '../../src/core/webhook/normalise-event.ts';
import { parseBody } from '../../src/core/webhook/read-envelope.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import type { DeadDocument } from '../../src/ledger/documents/dead.ts';
import { newEvent } from '../../src/ledger/documents/event.ts';
import { newHint } from '../../src/ledger/documents/hint.ts';
import { deployedRetention } from '../../src/ledger/retention/deployed-retention.ts';
import { isTooOld } from '../../src/ledger/retention/is-too-old.ts';
import { chainsOf, type LedgerContext } from './ledger-command.ts';
import { markDeadLetter } from './mark-dead-letter.ts';
import type { Replayed } from './replay-stored-event.ts';

/**
 * An activation's id has 32 hex digits. A replay is no activation, so the first 32 digits of the dead letter's hash
 * take the place of the id. They are the same at each replay.
 */
const ID_LENGTH = 32;

/**
 * Reads a dead letter again. If this version of Cascade understands the letter, the letter is marked as replayed. What
 * it reports is stored, due at once, unless it is ignored, its app is in no chain, it is known already, or it is so old
 * that a purge may have removed its event. It is stored as an event (a reload that ended), or as a hint (something that
 * Cascade must check by asking Qlik).
 *
 * @throws CascadeError CHAIN_INVALID without valid chain files; STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function replayDeadLetter(context: LedgerContext, dead: DeadDocument): Promise<Replayed> {
  if (dead.replayedAt !== undefined) {
    const at = new Date(dead.replayedAt).toISOString();
    return { ok: false, created: [], sentences: [`${dead._id} was replayed already, at ${at}.`] };
  }
  const read = readAgain(dead);
  if (typeof read === 'string') return { ok: false, created: [], sentences: [`Still not understood: ${read}`] };
  const stored = await store(context, dead, read);
  const why = await markDeadLetter(context.store, dead, 'replayedAt', context.now());
  const problem = why === undefined ? [] : [`${dead._id}: not marked as replayed: ${why}`];
  return {
    ok: why === undefined,
    created: stored.created,
    sentences: [`Understood by now${stored.sentence}`, ...problem],
  };
}

/** Reads the letter's body. Returns the news in it, or why this version cannot read it either. */
function readAgain(dead: DeadDocument): WebhookNews | string {
  const body = Buffer.from(dead.body, dead.isBase64 ? 'base64' : 'utf8').toString('utf8');
  const activationId = dead._id.slice('dead:'.length).slice(0, ID_LENGTH);
  let json: unknown;
  try {
    json = parseBody(body);
  } catch {
    return 'it is no JSON.';
  }
  try {
    return normaliseEvent(json, { tenant: dead.tenant, receivedAt: dead.storedAt, activationId });
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'EVENT_MALFORMED') return error.message;
    throw error;
  }
}

interface Stored {
  readonly created: readonly string[];
  /** What happened, as words that follow `Understood by now`. */
  readonly sentence: string;
}

/** Stores what the letter reports, if anything is to come of it. */
async function store(context: LedgerContext, dead: DeadDocument, read: WebhookNews): Promise<Stored> {
  if (read.kind === 'ignored') return { created: [], sentence: `, but ignored: ${read.ignored.reason}.` };
  const now = context.now();
  // If the webhook reports a time too far in the future, the end gets a time that can be true.
  const ended = cappedStored(read.kind === 'event' ? read.event : read.attempt, dead.storedAt, now);
  const { outcome, endedAt, partial, appId, reloadId } = ended;
  if (chainsOf(context).apps[appKey(ended)] === undefined) {
    return { created: [], sentence: `, and its app is in no chain: ${appId}.` };
  }
  const writer = { traceId: dead.traceId, now, times: timeConstants() };
  const document =
    read.kind === 'event'
      ? newEvent(ended, { ...writer, source: 'replay' })
      : newHint(
          ended,
          reloadId,
          { outcome, endedAt, partial, ...(read.reloadId !== undefined && { reloadId: read.reloadId }) },
          writer,
        );
  const { _id: id } = document;
  const known = { created: [], sentence: `, and known already: ${id}.` };
  if (isTooOld(endedAt, now, await deployedRetention(context.store, context.retention))) {
    const isKnown = (await context.store.get(id)) !== undefined;
    return isKnown
      ? known
      : { created: [], sentence: `, but too old: ${tooOldWords(context.labelOf(ended), endedAt)}` };
  }
  const { kind } = await createOnce(context.store, { ...document, dueAt: now });
  return kind === 'exists' ? known : { created: [id], sentence: `: ${id}` };
}

/** Why nothing follows such an old end, and what a person can do. */
const tooOldWords = (app: string, endedAt: EpochMs): string =>
  `${app} ended at ${instantText(endedAt)}, and a purge may have removed what followed that. So Cascade starts nothing. If an app that follows is out of date, start it by hand: .tools/wsk action invoke cascade/reload -p app <id> --result`;
