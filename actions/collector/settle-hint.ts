import type { GetAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import type { ReloadId, TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { outcomeOf } from '../../src/core/webhook/event-fields.ts';
import { type BoundTenant, isFromBoundTenant } from '../../src/ledger/bound-tenant.ts';
import type { HintDocument } from '../../src/ledger/documents/hint.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { isTooOld } from '../../src/ledger/retention/is-too-old.ts';
import type { AskTenant } from './ask-tenant.ts';
import { type CollectorPorts, putOrLog } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { alertUnseen } from './list/alert-unseen.ts';

/**
 * How far the time in an engine's webhook may be from the times in Qlik's records, in milliseconds. Two different
 * clocks make these times.
 */
const CLOCK_MARGIN_MS = 5_000;
/**
 * The same for a webhook in the oldest form. Such a webhook has no time, so the action `receiver` notes when it came.
 * The 10 minutes allow for a clock of that machine that is wrong by 5 minutes, and for a webhook that is 5 minutes
 * late.
 */
const RECEIPT_MARGIN_MS = 10 * 60_000;

/** What to do with a hint. */
type Verdict =
  /** Settle the hint. `end` is the end that follows from it; absent if nothing follows. */
  | { readonly settledAs: NonNullable<HintDocument['settledAs']>; readonly end?: ReloadFinished | undefined }
  /** Ask Qlik again at `dueAt`. If Qlik shows no reload for the hint, `absentAt` is when we first saw that. */
  | { readonly dueAt: EpochMs; readonly absentAt?: EpochMs };

/**
 * Settles a hint by asking Qlik. A hint is something that Cascade heard and must check: a webhook that alone does not
 * prove that a reload ended. The sweep, which runs every 5 minutes, settles the hints that are due. There are two
 * kinds:
 *
 * - An engine reports that one attempt ended. Qlik may repeat a failed attempt, and then the reload goes on.
 * - A webhook has the oldest form that we know, of 2020. It names an app, but no reload and no time.
 *
 * If the hint belongs to a reload that Qlik has, the end of that reload counts. If Qlik has no such reload, the hint
 * itself is the end: "Load data" in Qlik's editor runs the engine and makes no reload record. If the end is too old to
 * be followed, the hint is settled without effect.
 *
 * The event (the ledger's document of an end) is stored before the hint is settled. If the sweep dies in between, the
 * next sweep does both again, and the event is still created once.
 *
 * @param bound - which of Qlik's tenants the ledger means by the hint's tenant. A hint from another one is settled
 *   without effect.
 * @param given - its trace id is not used: the end has the trace id of the hint's webhook.
 * @returns the event if this call created it, else an empty list.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the hint may still be due.
 */
export async function settleHint(
  stored: HintDocument,
  bound: BoundTenant | undefined,
  ask: AskTenant,
  given: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const ports = { ...given, traceId: stored.traceId };
  const hint = believedHint(stored, storeTime(ports));
  const isFromHere = isFromBoundTenant(bound, hint.heardFrom);
  const verdict: Verdict | undefined = isFromHere ? await followed(hint, ask, ports) : { settledAs: 'other-tenant' };
  if (verdict === undefined) return [];
  if ('dueAt' in verdict) {
    await putOrLog({ ...hint, ...verdict }, ports);
    return [];
  }
  const { settledAs, end } = verdict;
  const created = end === undefined ? [] : await createEvents([end], ports);
  const { dueAt: _, ...settled } = hint;
  await putOrLog({ ...settled, settledAt: storeTime(ports), settledAs }, ports);
  return created;
}

/**
 * The hint with a believable time. If the webhook's time (`told.endedAt`) is in the future by more than the clocks can
 * differ, it is set back, and `reportedEnd` keeps the original.
 */
function believedHint(stored: HintDocument, now: EpochMs): HintDocument {
  const told = cappedStored(stored.told, stored.storedAt, now);
  return told === stored.told ? stored : { ...stored, told, reportedEnd: stored.told.endedAt };
}

/**
 * What Qlik says about the hint, unless the end is so old that a purge may have removed what followed it. If the hint
 * itself is so old, Qlik is not asked.
 */
async function followed(hint: HintDocument, ask: AskTenant, ports: CollectorPorts): Promise<Verdict | undefined> {
  const isOld = (endedAt: EpochMs): boolean => isTooOld(endedAt, storeTime(ports), ports.retention);
  const verdict = isOld(hint.told.endedAt) ? TOO_OLD : await verdictOn(hint, ask, ports);
  const end = verdict !== undefined && 'end' in verdict ? verdict.end : undefined;
  if (verdict !== TOO_OLD && (end === undefined || !isOld(end.endedAt))) return verdict;
  ports.log.warn(TOO_OLD_TEXT, { hint: hint._id, app: hint.appId, endedAt: (end ?? hint.told).endedAt });
  return TOO_OLD;
}

const TOO_OLD: Verdict = { settledAs: 'too-old' };
const TOO_OLD_TEXT =
  'Nothing follows an old webhook: Qlik did not say in time what became of the reload, and a purge may have removed what followed it. If an app that follows is out of date, start it by hand';

/**
 * Asks Qlik for the reload that the hint names. If Qlik shows no reload with this id, this asks for the app's reloads:
 * an engine may report an id of its own, and a webhook in the oldest form has none.
 *
 * @returns undefined if Qlik was not asked, because no time is left or the tenant is silent. Then the hint stays as it
 *   is, and the next sweep takes it up.
 */
async function verdictOn(hint: HintDocument, ask: AskTenant, ports: CollectorPorts): Promise<Verdict | undefined> {
  const { tenant, appId } = hint;
  const { unresolved } = ports.times;
  const named = await namedReload(hint, ask);
  if (named === undefined) return undefined;
  if (named.kind === 'unavailable') return afterNoAnswer(hint, ports);
  if (named.kind === 'found')
    return isEnded(named.reload) ? endOf(named.reload, tenant) : { dueAt: addMs(storeTime(ports), unresolved) };
  const listed = await ask(tenant, (qlik, timeout) => qlik.listEnded({ appId }, timeout));
  if (listed === undefined) return undefined;
  if (listed.kind === 'unavailable') return afterNoAnswer(hint, ports);
  if (listed.kind === 'forbidden') return afterForbidden(hint, listed.message, ports);
  const covering = listed.reloads.find((reload) => covers(reload, hint));
  // If this reload still runs, the hint is of no more use: the reload's own webhook or the sweep's list will report the
  // end.
  if (covering !== undefined) return isEnded(covering) ? endOf(covering, tenant) : { settledAs: 'covered' };
  if (named.kind === 'refused') return afterForbidden(hint, named.message, ports);
  return afterAbsence(hint, ports);
}

/** Qlik's answer about the reload id in the hint; `absent` if the hint has none. Undefined if Qlik was not asked. */
async function namedReload(
  { tenant, told: { reloadId } }: HintDocument,
  ask: AskTenant,
): Promise<GetAnswer | undefined> {
  if (reloadId === undefined) return { kind: 'absent' };
  return ask(tenant, (qlik, timeout) => qlik.getReload(reloadId as ReloadId, timeout));
}

/**
 * The hint is settled by this reload's end. If the record's id is malformed, no end follows: asking again would not
 * change the id.
 */
const endOf = (reload: ReloadRecord, tenant: TenantName): Verdict => ({
  settledAs: 'event',
  end: eventOfRecord(tenant, reload),
});

/**
 * Qlik gave no answer, and may never answer this question. So the hint is due again after a pause that grows with the
 * hint's age, from 2 to 15 minutes. Questions that Qlik can answer are then not held up.
 */
function afterNoAnswer({ storedAt }: HintDocument, ports: CollectorPorts): Verdict {
  const { unresolved, postedPoll } = ports.times;
  const now = storeTime(ports);
  return { dueAt: addMs(now, Math.min(postedPoll, Math.max(unresolved, now - storedAt)) as DurationMs) };
}

/**
 * Qlik refuses to show us the reload, so we cannot know whether it exists. We raise an alert, and ask again 15 minutes
 * later.
 */
async function afterForbidden(
  { tenant, appId }: HintDocument,
  message: string,
  ports: CollectorPorts,
): Promise<Verdict> {
  await alertUnseen(tenant, [{ appId, message }], ports);
  return { dueAt: addMs(storeTime(ports), ports.times.postedPoll) };
}

/**
 * Qlik shows no reload for the hint. But Qlik may show a new reload late. So this is believed only at a second look, at
 * least one grace (60 s) after the first one. Both looks are timed by CouchDB's clock.
 */
function afterAbsence(hint: HintDocument, ports: CollectorPorts): Verdict {
  const { grace } = ports.times;
  const now = storeTime(ports);
  const absentAt = hint.absentAt ?? now;
  const isSecondLook = hint.absentAt !== undefined && now >= absentAt + grace;
  return isSecondLook ? { settledAs: 'event', end: attemptAsEnd(hint) } : { dueAt: addMs(absentAt, grace), absentAt };
}

/** Whether a reload has ended: its record has an end and a status that is final. */
const isEnded = ({ status, endedAt }: ReloadRecord): boolean =>
  endedAt !== undefined && outcomeOf(status, undefined) !== undefined;

/**
 * Whether the hint is about this reload: the reported end lies between the reload's creation and its end, give or take
 * the margin.
 */
function covers(reload: ReloadRecord, { appId, told }: HintDocument): boolean {
  const margin = told.reloadId === undefined ? RECEIPT_MARGIN_MS : CLOCK_MARGIN_MS;
  if (reload.appId !== appId || reload.status === 'QUEUED' || reload.createdAt > told.endedAt + margin) return false;
  if (reload.endedAt === undefined) return true;
  if (told.endedAt > reload.endedAt + margin) return false;
  // An engine's attempt may end long before its reload does. A webhook in the oldest form comes at the reload's end.
  return told.reloadId !== undefined || told.endedAt >= reload.endedAt - margin;
}

/** The hint itself as an end. Its reload id is the last part of the hint's document id. */
function attemptAsEnd({ _id, tenant, appId, told }: HintDocument): ReloadFinished {
  const { outcome, endedAt, partial, error } = told;
  const reloadId = _id.slice(`hint:${tenant}:`.length) as ReloadId;
  return { tenant, appId, reloadId, outcome, endedAt, partial, ...(error !== undefined && { error }) };
}
