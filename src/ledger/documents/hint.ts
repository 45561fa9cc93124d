import type { NewDocument } from '../../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { hintId } from '../../core/document-ids.ts';
import type { AppId, AppRef, TenantName } from '../../core/names.ts';
import type { Reason } from '../../core/reason.ts';
import { OUTCOMES, type Outcome } from '../../core/reload-finished.ts';
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
import type { Origin } from './event.ts';

/** What an engine attempt, or the paper's form, told. */
export interface ReportedAttempt {
  readonly outcome: Outcome;
  /** Qlik's time where it was told, else when it was received. */
  readonly endedAt: EpochMs;
  readonly partial: boolean;
  /** The engine's reload id; absent in the paper's form. */
  readonly reloadId?: string;
  readonly error?: Reason;
}

/** What a hint may come to. */
export const SETTLED_AS = ['event', 'covered', 'other-tenant'] as const;

/**
 * `hint:<tenant>:<reloadId or x.activation>`: something told that must be settled by asking Qlik.
 *
 * Invariant: the hint is stored before its sender gets a 2xx. It stays due until it is settled: an event, or nothing,
 * has followed from it.
 */
export interface HintDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'hint';
  readonly tenant: TenantName;
  readonly appId: AppId;
  readonly told: ReportedAttempt;
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /** As of an event. */
  readonly heardFrom?: string;
  /** The store's clock when Qlik first had no request for it. */
  readonly absentAt?: EpochMs;
  readonly settledAt?: EpochMs;
  /** What it came to. */
  readonly settledAs?: (typeof SETTLED_AS)[number];
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
 * A new hint's document: due until it is settled.
 *
 * @param told - the engine's reload id; `x.<activation id>` if there was none.
 */
export const newHint = (
  { tenant, appId }: AppRef,
  told: string,
  attempt: ReportedAttempt,
  { traceId, now, times, heardFrom }: Omit<Origin, 'source'>,
): NewDocument => ({
  _id: hintId(tenant, told),
  schema: 1,
  type: 'hint',
  ...definedFields({ tenant, appId, told: attempt, traceId, storedAt: now, heardFrom }),
  dueAt: addMs(now, times.unresolved),
});
