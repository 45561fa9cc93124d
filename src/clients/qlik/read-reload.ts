import { canonicalAppId } from '../../core/chains/app-index.ts';
import { fieldOf, type JsonObject, textOf } from '../../core/json-fields.ts';
import type { ReloadId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';
import { toldError } from '../../core/webhook/told-error.ts';
import type { ReloadRecord } from './qlik-port.ts';

/** Reads a reload record leniently: an absent text is "", an absent or strange creation NaN. */
export function readReload(record: JsonObject): ReloadRecord {
  const resourceId = textOf(record, 'resourceId');
  const endedAt = Date.parse(textOf(record, 'endTime') ?? '');
  return {
    id: (textOf(record, 'id') ?? '') as ReloadId,
    appId: canonicalAppId(textOf(record, 'appId') ?? ''),
    status: textOf(record, 'status') ?? '',
    type: textOf(record, 'type') ?? '',
    userId: textOf(record, 'userId') ?? '',
    partial: fieldOf(record, 'partial') === true,
    createdAt: Date.parse(textOf(record, 'creationTime') ?? '') as EpochMs,
    ...(resourceId === undefined ? {} : { resourceId }),
    ...(Number.isNaN(endedAt) ? {} : { endedAt: endedAt as EpochMs }),
    ...toldError(record),
  };
}
