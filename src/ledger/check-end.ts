import { OUTCOMES } from '../core/reload-finished.ts';
import { isReloadId } from '../core/webhook/is-reload-id.ts';
import { isAppId, isBoolean, isInstant, isName, isOneOf, isReason, isText, maybe } from './check-document.ts';

/** What each field of an ended reload has to be, wherever it is stored. */
export const END_FIELDS = {
  tenant: isName,
  appId: isAppId,
  reloadId: (value: unknown) => typeof value === 'string' && isReloadId(value),
  outcome: isOneOf(OUTCOMES),
  endedAt: isInstant,
  partial: isBoolean,
  eventId: maybe(isText),
  startedBy: maybe(isText),
  orderId: maybe(isText),
  error: maybe(isReason),
} as const;
