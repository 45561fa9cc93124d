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
import { type CollectorPorts, putOrTell, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { tellUnseen } from './list/tell-unseen.ts';

/** An engine's clock and that of Qlik's records, both told by Qlik. */
const CLOCK_MARGIN_MS = 5_000;
/** A container's clock (± 5 min) told the time of the paper's form, and its delivery may have been slow. */
const RECEIPT_MARGIN_MS = 10 * 60_000;

/**
 * Settles what was told and is no final word: an engine attempt, or the paper's form (ledger.md §9).
 *
 * Invariant: the event is stored before the hint is settled; so a sweep that dies in between is done again, and creates
 * nothing twice.
 *
 * @param bound - which of Qlik's tenants the hint's is, by the ledger: what was heard of in another one comes to nothing.
 * @returns the event, if it was created here.
 */
export async function settleHint(
  stored: HintDocument,
  bound: BoundTenant | undefined,
  ask: AskTenant,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const hint = { ...stored, told: cappedStored(stored.told, stored.storedAt, storeNow(ports)) };
  if (!isFromBoundTenant(bound, hint.heardFrom)) return settled(hint, 'other-tenant', [], ports);
  const named = await requestOf(hint, ask);
  if (named === undefined) return [];
  if (named.kind === 'unavailable') return unanswered(hint, ports);
  if (named.kind === 'found') {
    return isEnded(named.reload) ? asEvent(hint, named.reload, ports) : later(hint, nextLook(ports), ports);
  }
  const listed = await ask(hint.tenant, (qlik, timeout) => qlik.listEnded({ appId: hint.appId }, timeout));
  if (listed === undefined) return [];
  if (listed.kind === 'unavailable') return unanswered(hint, ports);
  if (listed.kind === 'forbidden') return unseen(hint, listed.message, ports);
  const covering = listed.reloads.find((reload) => covers(reload, hint));
  if (covering !== undefined && isEnded(covering)) return asEvent(hint, covering, ports);
  if (covering !== undefined) return settled(hint, 'covered', [], ports);
  if (named.kind === 'refused') return unseen(hint, named.message, ports);
  return isAbsenceBelievable(hint, ports) ? asItself(hint, ports) : absent(hint, ports);
}

/** What the tenant tells of the id that was told; "absent" also if none was. */
async function requestOf({ tenant, told: { reloadId } }: HintDocument, ask: AskTenant): Promise<GetAnswer | undefined> {
  if (reloadId === undefined) return { kind: 'absent' };
  return ask(tenant, (qlik, timeout) => qlik.getReload(reloadId as ReloadId, timeout));
}

/** What may not be seen is not absent: it may be the request whose end its own webhook tells. */
async function unseen(hint: HintDocument, message: string, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  await tellUnseen(hint.tenant, [{ appId: hint.appId, message }], ports);
  return later(hint, addMs(storeNow(ports), ports.times.postedPoll), ports);
}

/** Asked for again after as long as it has waited, from two minutes to fifteen: Qlik may never answer this one. */
function unanswered(hint: HintDocument, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const { unresolved, postedPoll } = ports.times;
  const now = storeNow(ports);
  const wait = Math.min(postedPoll, Math.max(unresolved, now - hint.storedAt)) as DurationMs;
  return later(hint, addMs(now, wait), ports);
}

const isEnded = ({ status, endedAt }: ReloadRecord): boolean =>
  endedAt !== undefined && outcomeOf(status, undefined) !== undefined;

/** Whether the attempt was a part of this request. */
function covers(reload: ReloadRecord, { appId, told }: HintDocument): boolean {
  const margin = told.reloadId === undefined ? RECEIPT_MARGIN_MS : CLOCK_MARGIN_MS;
  if (reload.appId !== appId || reload.status === 'QUEUED' || reload.createdAt > told.endedAt + margin) return false;
  if (reload.endedAt === undefined) return true;
  if (told.endedAt > reload.endedAt + margin) return false;
  // A request that ended long after the paper's form was told is another one.
  return told.reloadId !== undefined || told.endedAt >= reload.endedAt - margin;
}

async function asEvent(
  hint: HintDocument,
  reload: ReloadRecord,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const event = eventOfRecord(hint.tenant, reload);
  return settled(hint, 'event', event === undefined ? [] : [event], ports);
}

/** Nobody requested it: the attempt itself is the end. */
async function asItself(hint: HintDocument, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const { tenant, appId, told } = hint;
  const { outcome, endedAt, partial, error } = told;
  const reloadId = hint._id.slice(`hint:${tenant}:`.length) as ReloadId;
  const event = { tenant, appId, reloadId, outcome, endedAt, partial, ...(error !== undefined && { error }) };
  return settled(hint, 'event', [event], ports);
}

async function settled(
  { dueAt: _, ...hint }: HintDocument,
  settledAs: NonNullable<HintDocument['settledAs']>,
  events: readonly ReloadFinished[],
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const created = events.length === 0 ? [] : await createEvents(events, ports);
  await putOrTell({ ...hint, settledAt: storeNow(ports), settledAs }, ports);
  return created;
}

const nextLook = (ports: CollectorPorts): EpochMs => addMs(storeNow(ports), ports.times.unresolved);

async function later(hint: HintDocument, dueAt: EpochMs, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  await putOrTell({ ...hint, dueAt }, ports);
  return [];
}

/**
 * A list, or the record itself, may show late what was accepted: only the grace after the first look there surely is no
 * request. The receiver's own time is no measure: it may be that of a container whose clock is wrong.
 */
const isAbsenceBelievable = ({ absentAt }: HintDocument, ports: CollectorPorts): boolean =>
  absentAt !== undefined && storeNow(ports) >= absentAt + ports.times.grace;

function absent(hint: HintDocument, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const absentAt = hint.absentAt ?? storeNow(ports);
  return later({ ...hint, absentAt }, addMs(absentAt, ports.times.grace), ports);
}
