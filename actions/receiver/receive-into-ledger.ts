import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Batch } from '../../src/contracts/batch.ts';
import { cappedEnd, cappedStored } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appKey } from '../../src/core/names.ts';
import type { Ignored, ReloadFinished } from '../../src/core/reload-finished.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { type ToldToLedger, tellLedger } from '../../src/core/webhook/tell-ledger.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import { batchEventOf, newEvent, readEvent } from '../../src/ledger/documents/event.ts';
import { newHint, type ReportedAttempt, readHint } from '../../src/ledger/documents/hint.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { deadLetter } from './dead-letter.ts';
import { type Authentic, authentic, type ReceiverPorts, readBody, type WebhookRequest } from './read-request.ts';

/** What the receiver needs from the world where there is a ledger. */
export interface LedgerReceiverPorts extends ReceiverPorts {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  /** How long finished work is kept; at least two days. */
  readonly retention: DurationMs;
}

const DAY_MS = 86_400_000;

/**
 * Turns a webhook's request into a batch of at most one stored event or hint (ledger.md §4).
 *
 * Invariant: it returns only once what counts is stored; whoever gets an error may send it again.
 *
 * @throws CascadeError BODY_TOO_LARGE, UNAUTHORIZED, EVENT_MALFORMED (the body is then kept as a dead letter),
 *   STORE_UNAVAILABLE, STORE_REFUSED; LEDGER_MALFORMED if the document of this very end is there and spoilt (an alert then
 *   names it; the sender tries again).
 */
export async function receiveIntoLedger(request: WebhookRequest, ports: LedgerReceiverPorts): Promise<Batch> {
  const sender = authentic(request, ports);
  const { told, ...heard } = await understood(sender, ports);
  const { traceId } = heard;
  const batch = { traceId, source: 'webhook', receivedAt: ports.receivedAt, events: [], ignored: [] } as const;
  if (told.kind === 'ignored') return { ...batch, ignored: [told.ignored] };
  const ended = told.kind === 'event' ? told.event : told.attempt;
  const reason = whyNotOurs(ended, ports);
  if (reason !== undefined) return { ...batch, ignored: [ignoredAs(reason, ended)] };
  const stored = told.kind === 'event' ? await storeEvent(ended, heard, ports) : await storeHint(told, heard, ports);
  return { ...batch, ...stored };
}

/** In which run something was heard of, and from where. */
interface Heard {
  readonly traceId: string;
  readonly heardFrom: string | undefined;
}

/** What the body tells; what nobody understands is kept before it is refused. */
async function understood(
  sender: Authentic,
  ports: LedgerReceiverPorts,
): Promise<Heard & { readonly told: ToldToLedger }> {
  try {
    const { json, envelope } = readBody(sender, ports);
    const { receivedAt, activationId } = ports;
    const told = tellLedger(json, { tenant: sender.tenant.name, receivedAt, activationId });
    return { told, traceId: envelope.traceId ?? activationId, heardFrom: sender.tenant.heardFrom };
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code !== 'EVENT_MALFORMED') throw error;
    await createOnce(ports.store, deadLetter(sender, error, { traceId: ports.activationId, now: nowOf(ports) }));
    throw error;
  }
}

/** The store's clock, or before its first answer the container's: a wrong one makes the first `dueAt` late or early, never wrong. */
const nowOf = ({ store, receivedAt }: LedgerReceiverPorts): EpochMs => store.now() ?? receivedAt;

function whyNotOurs(event: ReloadFinished, ports: LedgerReceiverPorts): 'not-in-a-chain' | 'too-old' | undefined {
  if (!ports.isInAChain(appKey(event))) return 'not-in-a-chain';
  // A day before its document may be gone: nobody could tell then that it was worked off.
  return event.endedAt < nowOf(ports) - (ports.retention - DAY_MS) ? 'too-old' : undefined;
}

const ignoredAs = (reason: Ignored['reason'], { appId, reloadId }: ReloadFinished): Ignored => ({
  reason,
  appId,
  reloadId,
});

type StoredPart = Partial<Pick<Batch, 'events' | 'hints' | 'ignored'>>;

async function storeEvent(event: ReloadFinished, heard: Heard, ports: LedgerReceiverPorts): Promise<StoredPart> {
  const { store, times } = ports;
  const now = nowOf(ports);
  const source = 'webhook';
  const { traceId, heardFrom } = heard;
  const created = await createOnce(store, newEvent(event, { source, ...heard, now, times }));
  if (created.kind === 'stored') {
    const mark = { rev: created.rev, storedAt: now, source, traceId } as const;
    // By the store's clock, which its answer has just told; the invoker writes the document so.
    const believed = cappedEnd(event, nowOf(ports));
    return { events: [{ ...believed, stored: { ...mark, ...(heardFrom !== undefined && { heardFrom }) } }] };
  }
  const document = await readStored(created.document, readEvent, heard, ports);
  const duplicate = duplicateOf(event, document, document.resolvedAt !== undefined, created.isMaybeOurs, ports);
  return duplicate ?? { events: [cappedStored(batchEventOf(document), document.storedAt, nowOf(ports))] };
}

async function storeHint(
  { attempt, reloadId }: Extract<ToldToLedger, { kind: 'hint' }>,
  heard: Heard,
  ports: LedgerReceiverPorts,
): Promise<StoredPart> {
  const { outcome, endedAt, partial, tenant } = attempt;
  const told: ReportedAttempt = { outcome, endedAt, partial, ...(reloadId !== undefined && { reloadId }) };
  const { store, times } = ports;
  const created = await createOnce(
    store,
    newHint(attempt, attempt.reloadId, told, { ...heard, now: nowOf(ports), times }),
  );
  const hints = [{ tenant, told: attempt.reloadId }];
  if (created.kind === 'stored') return { hints };
  const document = await readStored(created.document, readHint, heard, ports);
  const duplicate = duplicateOf(attempt, document, document.settledAt !== undefined, created.isMaybeOurs, ports);
  return duplicate ?? { hints };
}

/** What is stored of this end already. Only a person can mend a spoilt document, so an alert names it. */
async function readStored<T>(
  document: StoredDocument,
  reader: (document: StoredDocument) => T,
  { traceId }: Heard,
  ports: LedgerReceiverPorts,
): Promise<T> {
  try {
    return reader(document);
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code !== 'LEDGER_MALFORMED') throw error;
    const message = `${error.message} ${SPOILT}`;
    const alert = { kind: 'not-stored', subject: document._id, message, traceId, at: nowOf(ports) } as const;
    await raiseAlert(ports.store, alert, ports.log);
    throw error;
  }
}

const SPOILT =
  'A webhook told the end of this reload, and nothing follows it until somebody repairs or deletes the document. Then the webhook’s next delivery is stored, or the sweep finds the end.';

/** Undefined if what is stored has to be worked off by us: nobody is at it, or it may be what we just stored. */
function duplicateOf(
  event: ReloadFinished,
  document: StoredDocument | { readonly dueAt?: EpochMs },
  isDone: boolean,
  isMaybeOurs: boolean,
  ports: LedgerReceiverPorts,
): StoredPart | undefined {
  const ignored = ignoredAs('duplicate', event);
  if (isDone) return { ignored: [ignored] };
  const isLater = Number(document.dueAt) > nowOf(ports);
  return isLater && !isMaybeOurs ? { ignored: [{ ...ignored, isPending: true }] } : undefined;
}
