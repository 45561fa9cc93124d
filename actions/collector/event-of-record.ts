/*
 * The sweep (every 5 minutes) reads the records of reloads from Qlik, because a webhook may get lost. This file turns a
 * record into the form that a webhook's end has, so that Cascade works with both in the same way.
 */

import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import type { TenantName } from '../../src/core/names.ts';
import { clipped, LONGEST_WORD } from '../../src/core/outside-text.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { isReloadId, orderIn, outcomeOf } from '../../src/core/webhook/event-fields.ts';

/** When the reload was created and when it began. A time after the reload's end is wrong, and is left out. */
const timesOf = (
  { createdAt, startedAt }: ReloadRecord,
  endedAt: EpochMs,
): Pick<ReloadFinished, 'createdAt' | 'startedAt'> => ({
  ...(createdAt <= endedAt && { createdAt }),
  ...(startedAt !== undefined && startedAt <= endedAt && { startedAt }),
});

/** The end in a reload's record. Undefined if the reload has not ended, or if its status or id is none that we know. */
export function eventOfRecord(tenant: TenantName, record: ReloadRecord): ReloadFinished | undefined {
  const outcome = outcomeOf(record.status, undefined);
  if (outcome === undefined || record.endedAt === undefined || !isReloadId(record.id)) return undefined;
  return definedFields({
    tenant,
    appId: record.appId,
    reloadId: record.id,
    outcome,
    endedAt: record.endedAt,
    partial: record.partial,
    ...timesOf(record, record.endedAt),
    startedBy: record.type === '' ? undefined : clipped(record.type, LONGEST_WORD),
    ...orderIn(record.resourceId),
    error: record.error,
  });
}
