import type { GetAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import type { ReloadId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { outcomeOf } from '../../src/core/webhook/event-fields.ts';
import { type BoundTenant, isFromBoundTenant } from '../../src/ledger/bound-tenant.ts';
import type { HintDocument } from '../../src/ledger/documents/hint.ts';
import type { AskTenant } from './ask-tenant.ts';
import { type CollectorPorts, putOrLog, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { alertUnseen } from './list/alert-unseen.ts';

/** An engine's clock may differ from the clock of Qlik's records. */
const CLOCK_MARGIN_MS = 5_000;
/**
 * A webhook in the paper's form has no time. Its `endedAt` is when the receiver got it, by the container's clock. That clock
 * may be 5 minutes wrong, and the webhook may come late.
 */
const RECEIPT_MARGIN_MS = 10 * 60_000;

/** What to do with a hint: settle it, with an event (`end`) or without; or ask again at `dueAt`. */
type Verdict =
  | { readonly settledAs: NonNullable<HintDocument['settledAs']>; readonly end?: ReloadFinished | undefined }
  | { readonly dueAt: EpochMs; readonly absentAt?: EpochMs };

/**
 * Settles a hint by asking Qlik. A hint is a webhook that alone does not prove that a reload ended (ledger.md §9). Either it
 * is about one attempt of the engine, and Qlik may try again. Or it has the form of the paper of 2020: no reload id, no time.
 *
 * Invariant: the event is stored before the hint is settled. If the sweep dies in between, the next sweep does both again,
 * and creates nothing twice. An event that CouchDB refuses for good is left out (`createEvents`).
 *
 * @param bound - what the ledger says of the hint's tenant. A hint from another tenant of that name creates no event.
 * @returns the event if this call created it, else an empty list.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the hint may still be due.
 */
export async function settleHint(
  stored: HintDocument,
  bound: BoundTenant | undefined,
  ask: AskTenant,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const told = cappedStored(stored.told, stored.storedAt, storeNow(ports));
  const hint = told === stored.told ? stored : { ...stored, told, reportedEnd: stored.told.endedAt };
  const isFromHere = isFromBoundTenant(bound, hint.heardFrom);
  const verdict: Verdict | undefined = isFromHere ? await verdictOn(hint, ask, ports) : { settledAs: 'other-tenant' };
  if (verdict === undefined) return [];
  if ('dueAt' in verdict) {
    await putOrLog({ ...hint, ...verdict }, ports);
    return [];
  }
  const { settledAs, end } = verdict;
  const created = end === undefined ? [] : await createEvents([end], ports);
  const { dueAt: _, ...settled } = hint;
  await putOrLog({ ...settled, settledAt: storeNow(ports), settledAs }, ports);
  return created;
}

/** Asks the tenant about the hint. Undefined if the tenant could not be asked now: then the hint stays as it is. */
async function verdictOn(hint: HintDocument, ask: AskTenant, ports: CollectorPorts): Promise<Verdict | undefined> {
  const { tenant, appId } = hint;
  const { unresolved, postedPoll, grace } = ports.times;
  const dueIn = (wait: DurationMs): Verdict => ({ dueAt: addMs(storeNow(ports), wait) });
  // Qlik may never answer this question. So the hint waits as long as it is old, but at least 2 and at most 15 minutes.
  const unanswered = (): Verdict => {
    const waited = storeNow(ports) - hint.storedAt;
    return dueIn(Math.min(postedPoll, Math.max(unresolved, waited)) as DurationMs);
  };
  // Our credential may not see everything, so the hint's request may exist. If it does, a webhook of its own brings its end.
  const unseen = async (message: string): Promise<Verdict> => {
    await alertUnseen(tenant, [{ appId, message }], ports);
    return dueIn(postedPoll);
  };
  // A record with a malformed id has no event. The hint is settled all the same: the id stays malformed.
  const settledBy = (reload: ReloadRecord): Verdict => ({ settledAs: 'event', end: eventOfRecord(tenant, reload) });
  const named = await requestOf(hint, ask);
  if (named === undefined) return undefined;
  if (named.kind === 'unavailable') return unanswered();
  if (named.kind === 'found') return isEnded(named.reload) ? settledBy(named.reload) : dueIn(unresolved);
  const listed = await ask(tenant, (qlik, timeout) => qlik.listEnded({ appId }, timeout));
  if (listed === undefined) return undefined;
  if (listed.kind === 'unavailable') return unanswered();
  if (listed.kind === 'forbidden') return unseen(listed.message);
  const covering = listed.reloads.find((reload) => covers(reload, hint));
  if (covering !== undefined) return isEnded(covering) ? settledBy(covering) : { settledAs: 'covered' };
  if (named.kind === 'refused') return unseen(named.message);
  // Qlik may show a new request late. So a request is absent only if Qlik still does not show it one grace (60 s) after our
  // first look. The grace does not begin at the receipt: the container's clock may have been wrong then.
  const now = storeNow(ports);
  const absentAt = hint.absentAt ?? now;
  if (hint.absentAt === undefined || now < absentAt + grace) return { dueAt: addMs(absentAt, grace), absentAt };
  return { settledAs: 'event', end: attemptAsEnd(hint) };
}

/** What the tenant answers about the hint's reload id; `absent` if the hint has none. Undefined as in `verdictOn`. */
async function requestOf({ tenant, told: { reloadId } }: HintDocument, ask: AskTenant): Promise<GetAnswer | undefined> {
  if (reloadId === undefined) return { kind: 'absent' };
  return ask(tenant, (qlik, timeout) => qlik.getReload(reloadId as ReloadId, timeout));
}

const isEnded = ({ status, endedAt }: ReloadRecord): boolean =>
  endedAt !== undefined && outcomeOf(status, undefined) !== undefined;

/** Whether the hint's attempt was a part of this request for a reload. */
function covers(reload: ReloadRecord, { appId, told }: HintDocument): boolean {
  const margin = told.reloadId === undefined ? RECEIPT_MARGIN_MS : CLOCK_MARGIN_MS;
  if (reload.appId !== appId || reload.status === 'QUEUED' || reload.createdAt > told.endedAt + margin) return false;
  if (reload.endedAt === undefined) return true;
  if (told.endedAt > reload.endedAt + margin) return false;
  // If the request ended long after a webhook in the paper's form came, the webhook was about another request.
  return told.reloadId !== undefined || told.endedAt >= reload.endedAt - margin;
}

/** The end if no request exists: the attempt is all there was. */
function attemptAsEnd({ _id, tenant, appId, told }: HintDocument): ReloadFinished {
  const { outcome, endedAt, partial, error } = told;
  const reloadId = _id.slice(`hint:${tenant}:`.length) as ReloadId;
  return { tenant, appId, reloadId, outcome, endedAt, partial, ...(error !== undefined && { error }) };
}
