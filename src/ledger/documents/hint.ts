import type { NewDocument } from '../../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { hintId } from '../../core/document-ids.ts';
import type { AppId, AppRef, TenantName } from '../../core/names.ts';
import { OUTCOMES, type Outcome, type Reason } from '../../core/reload-finished.ts';
import { addMs, type EpochMs } from '../../core/units.ts';
import {
  isAppId,
  isBoolean,
  isInstant,
  isName,
  isObjectWith,
  isOneOf,
  isReason,
  isText,
  isTraceId,
  maybe,
  readerOf,
} from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';
import type { Origin } from './event.ts';

/**
 * What the webhook said: one attempt of Qlik's engine to reload the app has ended. Another attempt may follow. A
 * webhook in the oldest form, of 2020, says only that some reload of the app has ended.
 */
export interface ReportedAttempt {
  readonly outcome: Outcome;
  /** Qlik's time. If the webhook has none, the time at which it came. */
  readonly endedAt: EpochMs;
  readonly partial: boolean;
  /** The engine's reload id; absent in the oldest form. */
  readonly reloadId?: string;
  readonly error?: Reason;
}

/**
 * What may come of a hint. `event`: an event, that is, one end of a reload. `covered`: nothing, because the reload
 * still runs and its own end will be reported. `other-tenant`: nothing, because the webhook came from another tenant
 * than the ledger means by the name. `too-old`: nothing, because a purge may have removed what followed the end.
 */
export const SETTLED_AS = ['event', 'covered', 'other-tenant', 'too-old'] as const;

/**
 * `hint:<tenant>:<reloadId or x.activation>`: a hint, that is, something that Cascade heard and must check by asking
 * Qlik. It is a webhook that alone does not prove that a reload ended. The action `receiver` stores it, because a
 * webhook's sender does not wait long. The sweep (it runs every 5 minutes) asks Qlik, and settles the hint.
 *
 * Invariant: the hint is stored before its sender gets a 2xx. It stays due until it is settled: an event, or nothing,
 * has followed from it.
 */
export interface HintDocument extends StoredAs<'hint'> {
  readonly tenant: TenantName;
  readonly appId: AppId;
  readonly told: ReportedAttempt;
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /**
   * The tenant that sent the webhook, by its address or by Qlik's id; absent if the receiver's settings have neither.
   */
  readonly heardFrom?: string;
  /** The reported time of the end, if it was too far in the future to be believed. */
  readonly reportedEnd?: EpochMs;
  /** When Cascade first saw that Qlik shows no reload for it, by the store's clock. */
  readonly absentAt?: EpochMs;
  readonly settledAt?: EpochMs;
  /** What came of the hint. */
  readonly settledAs?: (typeof SETTLED_AS)[number];
  /** When the sweep takes the hint up. Absent once it is settled. */
  readonly dueAt?: EpochMs;
}

/** Reads a hint's document. @throws CascadeError LEDGER_MALFORMED. */
export const readHint = readerOf<HintDocument>(
  'hint',
  {
    tenant: isName,
    appId: isAppId,
    told: isObjectWith({
      outcome: isOneOf(OUTCOMES),
      endedAt: isInstant,
      partial: isBoolean,
      reloadId: maybe(isText),
      error: maybe(isReason),
    }),
    heardFrom: maybe(isText),
    reportedEnd: maybe(isInstant),
    traceId: isTraceId,
    storedAt: isInstant,
    absentAt: maybe(isInstant),
    settledAt: maybe(isInstant),
    settledAs: maybe(isOneOf(SETTLED_AS)),
    dueAt: maybe(isInstant),
  },
  ({ _id, tenant, told }) =>
    told.reloadId === undefined ? _id.startsWith(`hint:${tenant}:x.`) : _id === hintId(tenant, told.reloadId),
);

/**
 * The document of a new hint. It is due in two minutes. The next sweep after that asks Qlik about it.
 *
 * @param reloadId - the engine's reload id, or `x.<activation id>` if there was none.
 */
export const newHint = (
  { tenant, appId }: AppRef,
  reloadId: string,
  attempt: ReportedAttempt,
  { traceId, now, times, heardFrom }: Omit<Origin, 'source'>,
): NewDocument => ({
  _id: hintId(tenant, reloadId),
  schema: 1,
  type: 'hint',
  ...definedFields({ tenant, appId, told: attempt, traceId, storedAt: now, heardFrom }),
  dueAt: addMs(now, times.unresolved),
});
