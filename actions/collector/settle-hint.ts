import type { GetAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import type { ReloadId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { type BoundTenant, isFromBoundTenant } from '../../src/ledger/bound-tenant.ts';
import type { HintDocument } from '../../src/ledger/documents/hint.ts';
import type { AskTenant } from './ask-tenant.ts';
import { type CollectorPorts, putOrLog, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { alertUnseen } from './list/alert-unseen.ts';

/** An engine's clock may differ from the clock of Qlik's records. */
const CLOCK_MARGIN_MS = 5_000;
/** The paper's form has no time, so its end is when it was received: by a container's clock (± 5 min), perhaps late. */
const RECEIPT_MARGIN_MS = 10 * 60_000;

/** What becomes of a hint: it is settled, with an event or without, or it is looked at again later. */
type Verdict =
  | { readonly settledAs: NonNullable<HintDocument['settledAs']>; readonly end?: ReloadFinished | undefined }
  | { readonly dueAt: EpochMs; readonly absentAt?: EpochMs };

/**
 * Settles a hint: a webhook about an engine's attempt, or one in the paper's form, which is no final word (ledger.md §9).
 *
 * Invariant: the event is stored before the hint is settled. If the sweep dies in between, the next one does it again, and
 * creates nothing twice.
 *
 * @param bound - what the ledger says of the hint's tenant. A hint from another tenant of that name comes to nothing.
 * @returns the event, if this call created it.
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

/** Undefined if the tenant could not be asked now: the hint stays as it is. */
async function verdictOn(hint: HintDocument, ask: AskTenant, ports: CollectorPorts): Promise<Verdict | undefined> {
  const { tenant, appId } = hint;
  const { unresolved, postedPoll, grace } = ports.times;
  const dueIn = (wait: DurationMs): Verdict => ({ dueAt: addMs(storeNow(ports), wait) });
  // Qlik may never answer this question: the hint waits as long again as it has waited, from 2 to 15 minutes.
  const unanswered = (): Verdict => {
    const waited = storeNow(ports) - hint.storedAt;
    return dueIn(Math.min(postedPoll, Math.max(unresolved, waited)) as DurationMs);
  };
  // What we may not see is not absent: it may be the request, and its own webhook then brings its end.
  const unseen = async (message: string): Promise<Verdict> => {
    await alertUnseen(tenant, [{ appId, message }], ports);
    return dueIn(postedPoll);
  };
  const named = await requestOf(hint, ask);
  if (named === undefined) return undefined;
  if (named.kind === 'unavailable') return unanswered();
  if (named.kind === 'found') {
    const end = eventOfRecord(tenant, named.reload);
    return end === undefined ? dueIn(unresolved) : { settledAs: 'event', end };
  }
  const listed = await ask(tenant, (qlik, timeout) => qlik.listEnded({ appId }, timeout));
  if (listed === undefined) return undefined;
  if (listed.kind === 'unavailable') return unanswered();
  if (listed.kind === 'forbidden') return unseen(listed.message);
  const covering = listed.reloads.find((reload) => covers(reload, hint));
  if (covering !== undefined) {
    const end = eventOfRecord(tenant, covering);
    return end === undefined ? { settledAs: 'covered' } : { settledAs: 'event', end };
  }
  if (named.kind === 'refused') return unseen(named.message);
  // Qlik may show late what it accepted. So there is no request only if the grace after our first look has passed. The time
  // of the receipt is no measure: the container's clock may have been wrong.
  const now = storeNow(ports);
  const absentAt = hint.absentAt ?? now;
  if (hint.absentAt === undefined || now < absentAt + grace) return { dueAt: addMs(absentAt, grace), absentAt };
  return { settledAs: 'event', end: attemptAsEnd(hint) };
}

/** What the tenant answers about the reload id of the hint; `absent` also if the hint has none. */
async function requestOf({ tenant, told: { reloadId } }: HintDocument, ask: AskTenant): Promise<GetAnswer | undefined> {
  if (reloadId === undefined) return { kind: 'absent' };
  return ask(tenant, (qlik, timeout) => qlik.getReload(reloadId as ReloadId, timeout));
}

/** Whether the attempt was a part of this request. */
function covers(reload: ReloadRecord, { appId, told }: HintDocument): boolean {
  const margin = told.reloadId === undefined ? RECEIPT_MARGIN_MS : CLOCK_MARGIN_MS;
  if (reload.appId !== appId || reload.status === 'QUEUED' || reload.createdAt > told.endedAt + margin) return false;
  if (reload.endedAt === undefined) return true;
  if (told.endedAt > reload.endedAt + margin) return false;
  // A request that ended long after a webhook in the paper's form is another one.
  return told.reloadId !== undefined || told.endedAt >= reload.endedAt - margin;
}

/** There was no request: the attempt itself is the end. */
function attemptAsEnd({ _id, tenant, appId, told }: HintDocument): ReloadFinished {
  const { outcome, endedAt, partial, error } = told;
  const reloadId = _id.slice(`hint:${tenant}:`.length) as ReloadId;
  return { tenant, appId, reloadId, outcome, endedAt, partial, ...(error !== undefined && { error }) };
}
