/*
 * Turns the JSON of Qlik's API into Cascade's own types. A field may be missing or strange. Then it gets a harmless
 * value here, because one strange record must not make a whole list unreadable.
 */

import { canonicalAppId } from '../../core/chains/app-index.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { fieldOf, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import type { ReloadId } from '../../core/names.ts';
import { clipped, LONGEST_WORD } from '../../core/outside-text.ts';
import { type EpochMs, instantIn } from '../../core/units.ts';
import { errorIn } from '../../core/webhook/event-fields.ts';
import type { ReloadRecord, WebhookDelivery, WebhookState } from './qlik-port.ts';

/**
 * Reads a reload record. Of the fields that Cascade needs, a missing text becomes "", and a missing time becomes NaN.
 */
export const readReload = (record: JsonObject): ReloadRecord => ({
  id: (textOf(record, 'id') ?? '') as ReloadId,
  appId: canonicalAppId(textOf(record, 'appId') ?? ''),
  status: textOf(record, 'status') ?? '',
  type: textOf(record, 'type') ?? '',
  userId: textOf(record, 'userId') ?? '',
  partial: fieldOf(record, 'partial') === true,
  createdAt: instantIn(textOf(record, 'creationTime')) ?? (Number.NaN as EpochMs),
  ...definedFields({
    resourceId: textOf(record, 'resourceId'),
    startedAt: instantIn(textOf(record, 'startTime')),
    endedAt: instantIn(textOf(record, 'endTime')),
    error: errorIn(record),
  }),
});

/** Reads a webhook. A field that is missing or of another kind is empty, or false. */
export function readWebhook(webhook: JsonObject): WebhookState {
  const types = fieldOf(webhook, 'eventTypes');
  const reason = textOf(webhook, 'disabledReason', 'disabledReasonCode');
  return {
    id: textOf(webhook, 'id') ?? '',
    name: clipped(textOf(webhook, 'name') ?? '', LONGEST_WORD),
    url: textOf(webhook, 'url') ?? '',
    isEnabled: fieldOf(webhook, 'enabled') === true,
    eventTypes: Array.isArray(types) ? types.filter((type) => typeof type === 'string') : [],
    ...definedFields({ disabledReason: reason && clipped(reason, LONGEST_WORD) }),
  };
}

/** Reads a delivery to a webhook; undefined if it says neither that it succeeded nor that it failed. */
export function readDelivery(delivery: JsonObject): WebhookDelivery | undefined {
  const status = textOf(delivery, 'status');
  if (status !== 'success' && status !== 'fail') return undefined;
  const statusCode = fieldOf(objectOf(delivery, 'response'), 'statusCode');
  return {
    hasSucceeded: status === 'success',
    message: clipped(textOf(delivery, 'statusMessage') ?? '', LONGEST_WORD),
    ...definedFields({
      statusCode: typeof statusCode === 'number' ? statusCode : undefined,
      at: instantIn(textOf(delivery, 'triggeredAt')),
    }),
  };
}
