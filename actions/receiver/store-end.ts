/*
 * Before the receiver answers a webhook, it stores in the ledger (Cascade's memory) what the webhook reported. So a
 * later crash loses nothing. This file stores each report once, even if the webhook comes twice.
 *
 * An event is a reload that ended. A hint is a webhook that alone does not prove that a reload ended, so Cascade must
 * check it by asking Qlik. A dead letter is a webhook from the right sender that Cascade could not understand. A
 * document is due from its `dueAt` on: then the sweep, which runs every 5 minutes, takes it up.
 */

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { CouchPort, NewDocument, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Batch } from '../../src/contracts/batch.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import { deadId } from '../../src/core/document-ids.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import type { WebhookNews } from '../../src/core/webhook/normalise-event.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import { batchEventOf, believedEvent, newEvent, readEvent } from '../../src/ledger/documents/event.ts';
import { newHint, type ReportedAttempt, readHint } from '../../src/ledger/documents/hint.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { Authentic, ReceiverPorts } from './read-request.ts';

/** The ledger as the receiver needs it. */
export interface ReceiverLedger {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  /** How long finished work is kept; at least two days. */
  readonly retention: DurationMs;
}

/** One webhook that is to be stored. */
export interface ReceivedWebhook extends Pick<ReceiverPorts, 'receivedAt' | 'log'> {
  readonly ledger: ReceiverLedger;
  readonly traceId: string;
  /** The address of the sender's tenant, or else its id. Undefined if the settings have neither. */
  readonly heardFrom: string | undefined;
}

type Stored = Partial<Pick<Batch, 'events' | 'hints' | 'ignored'>>;

/**
 * CouchDB's clock. Before CouchDB's first answer it is the clock of this machine. If that is wrong, the document is due
 * too early or too late.
 */
export const clockOf = ({ ledger, receivedAt }: Pick<ReceivedWebhook, 'ledger' | 'receivedAt'>): EpochMs =>
  ledger.store.now() ?? receivedAt;

/**
 * Stores an event.
 *
 * @returns the event for the next step; or the reason `duplicate`, if the event is resolved, or another activation may
 *   be working on it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED; LEDGER_MALFORMED if the event's document
 *   exists and is malformed.
 */
export async function storeEvent(ended: ReloadFinished, webhook: ReceivedWebhook): Promise<Stored> {
  const { traceId, heardFrom } = webhook;
  const mark = { source: 'webhook', traceId, ...definedFields({ heardFrom }) } as const;
  const storedAt = clockOf(webhook);
  const document = newEvent(ended, { ...mark, now: storedAt, times: webhook.ledger.times });
  const created = await createOrRead(document, readEvent, webhook);
  // No reload can have ended later than now, by CouchDB's clock. That clock may be known only since this answer. So
  // `believedEvent` lowers a later time here, and the invoker also corrects the document.
  if (created.kind === 'stored') {
    const stored = { ...mark, rev: created.rev, storedAt };
    return { events: [believedEvent({ ...ended, stored }, clockOf(webhook))] };
  }
  const { found } = created;
  const duplicate = duplicateOf(ended, found.resolvedAt, found.dueAt, created.isMaybeOurs, webhook);
  return duplicate ?? { events: [believedEvent(batchEventOf(found), clockOf(webhook))] };
}

/** Stores a hint. The result and the errors are like those of `storeEvent`. */
export async function storeHint(
  { attempt, reloadId }: Extract<WebhookNews, { kind: 'hint' }>,
  webhook: ReceivedWebhook,
): Promise<Stored> {
  const { outcome, endedAt, partial, tenant } = attempt;
  const reported: ReportedAttempt = definedFields({ outcome, endedAt, partial, reloadId });
  const context = { ...webhook, now: clockOf(webhook), times: webhook.ledger.times };
  const created = await createOrRead(newHint(attempt, attempt.reloadId, reported, context), readHint, webhook);
  const hints = [{ tenant, told: attempt.reloadId }];
  if (created.kind === 'stored') return { hints };
  const { found } = created;
  return duplicateOf(attempt, found.settledAt, found.dueAt, created.isMaybeOurs, webhook) ?? { hints };
}

/**
 * Keeps an authentic body that this version does not understand, and raises an alert, so that people hear of it.
 * `cascade replay` of a later version can take it up. If the same tenant sends the same body again, it is not stored a
 * second time, and there is no alert.
 */
export async function storeDeadLetter(
  { tenant, body }: Authentic,
  { code, message }: CascadeError,
  ports: Omit<ReceivedWebhook, 'traceId' | 'heardFrom'> & Pick<ReceiverPorts, 'activationId'>,
): Promise<void> {
  const { ledger, activationId: traceId, log } = ports;
  const hash = createHash('sha256').update(`${tenant.name}\n`).update(body).digest('hex');
  const isText = isUtf8(body);
  const _id = deadId(hash);
  const storedAt = clockOf(ports);
  const created = await createOnce(ledger.store, {
    _id,
    schema: 1,
    type: 'dead',
    tenant: tenant.name,
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64: !isText,
    reason: { code, message },
    traceId,
    storedAt,
  });
  if (created.kind !== 'stored' && !created.isMaybeOurs) return;
  const text = `Cascade does not understand a webhook of tenant "${tenant.name}": ${message} It is kept: cascade replay ${_id} reads it again when that is mended. cascade runs --problems lists all of them.`;
  const alert = { kind: 'dead-letter', subject: tenant.name, message: text, traceId, at: storedAt } as const;
  await raiseAlert(ledger.store, alert, log);
}

type CreatedOrFound<T> =
  | { readonly kind: 'stored'; readonly rev: string }
  | { readonly kind: 'found'; readonly found: T; readonly isMaybeOurs: boolean };

/**
 * Creates a document, or reads the one that exists. If that one is malformed, this raises an alert, because only a
 * person can mend it.
 */
async function createOrRead<T>(
  document: NewDocument,
  read: (document: StoredDocument) => T,
  webhook: ReceivedWebhook,
): Promise<CreatedOrFound<T>> {
  const { ledger, traceId, log } = webhook;
  const created = await createOnce(ledger.store, document);
  if (created.kind === 'stored') return created;
  try {
    return { kind: 'found', found: read(created.document), isMaybeOurs: created.isMaybeOurs };
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code !== 'LEDGER_MALFORMED') throw error;
    const message = `${error.message} ${SPOILT}`;
    const alert = { kind: 'not-stored', subject: document._id, message, traceId, at: clockOf(webhook) } as const;
    await raiseAlert(ledger.store, alert, log);
    throw error;
  }
}

const SPOILT =
  'A webhook reported the end of this reload, and nothing follows it until somebody repairs or deletes the document. Then the webhook’s next delivery is stored, or the sweep finds the end.';

/**
 * The answer for an event or hint that is stored already, if this activation need do nothing more for it.
 *
 * @param doneAt - when the event was resolved or the hint settled; undefined if that has not happened.
 * @param isMaybeOurs - true if an answer of CouchDB was lost, so that this activation may have stored the document
 *   itself.
 * @returns undefined if this activation has to go on with the event or hint.
 */
function duplicateOf(
  { appId, reloadId }: ReloadFinished,
  doneAt: EpochMs | undefined,
  dueAt: EpochMs | undefined,
  isMaybeOurs: boolean,
  webhook: ReceivedWebhook,
): Stored | undefined {
  const ignored = { reason: 'duplicate', appId, reloadId } as const;
  if (doneAt !== undefined) return { ignored: [ignored] };
  // Until the document is due, the activation that created it, or a step after it, may be working on it.
  const isBeingWorkedOn = Number(dueAt) > clockOf(webhook) && !isMaybeOurs;
  return isBeingWorkedOn ? { ignored: [{ ...ignored, isPending: true }] } : undefined;
}
