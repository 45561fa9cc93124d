import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import type { TenantName } from '../../src/core/names.ts';
import { clipped } from '../../src/core/outside-text.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { isReloadId, orderIn, outcomeOf } from '../../src/core/webhook/event-fields.ts';

const LONGEST_WORD = 200;

/** The event that a reload's record tells, the same as its webhook would; undefined if it has not ended. */
export function eventOfRecord(tenant: TenantName, record: ReloadRecord): ReloadFinished | undefined {
  const outcome = outcomeOf(record.status, undefined);
  if (outcome === undefined || record.endedAt === undefined || !isReloadId(record.id)) return undefined;
  return {
    tenant,
    appId: record.appId,
    reloadId: record.id,
    outcome,
    endedAt: record.endedAt,
    partial: record.partial,
    ...(record.type !== '' && { startedBy: clipped(record.type, LONGEST_WORD) }),
    ...definedFields({ orderId: orderIn(record.resourceId), error: record.error }),
  };
}
