import { fieldOf, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import { clipped } from '../../core/outside-text.ts';
import type { EpochMs } from '../../core/units.ts';
import type { WebhookDelivery, WebhookState } from './qlik-port.ts';

const LONGEST_WORD = 200;

/** A webhook of Qlik's API; a field that is missing or of another kind is empty. */
export function readWebhook(webhook: JsonObject): WebhookState {
  const types = fieldOf(webhook, 'eventTypes');
  const reason = textOf(webhook, 'disabledReason') ?? textOf(webhook, 'disabledReasonCode');
  return {
    id: textOf(webhook, 'id') ?? '',
    name: clipped(textOf(webhook, 'name') ?? '', LONGEST_WORD),
    url: textOf(webhook, 'url') ?? '',
    isEnabled: fieldOf(webhook, 'enabled') === true,
    eventTypes: Array.isArray(types) ? types.filter((type) => typeof type === 'string') : [],
    ...(reason !== undefined && { disabledReason: clipped(reason, LONGEST_WORD) }),
  };
}

/** A delivery of Qlik's API; undefined if it says neither that it succeeded nor that it failed. */
export function readDelivery(delivery: JsonObject): WebhookDelivery | undefined {
  const status = textOf(delivery, 'status');
  if (status !== 'success' && status !== 'fail') return undefined;
  const statusCode = fieldOf(objectOf(delivery, 'response'), 'statusCode');
  const at = Date.parse(textOf(delivery, 'triggeredAt') ?? '');
  return {
    hasSucceeded: status === 'success',
    message: clipped(textOf(delivery, 'statusMessage') ?? '', LONGEST_WORD),
    ...(typeof statusCode === 'number' && { statusCode }),
    ...(!Number.isNaN(at) && { at: at as EpochMs }),
  };
}
