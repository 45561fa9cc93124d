import type { Form } from '../switches.ts';
import type { TenantEvent } from './event.ts';

/** The body of a delivery, in one of the three forms that tenants have sent over time. */
export function envelope(event: TenantEvent, form: Form): Record<string, unknown> {
  switch (form) {
    case 'cloudevents':
      return cloudEvent(event);
    case 'legacy':
      return legacyEvent(event);
    case 'hybrid':
      return { ...legacyEvent(event), ...cloudEvent(event) };
    default:
      return form satisfies never;
  }
}

/** CloudEvents 1.0: attribute names in lower case (q-envelopes-01). */
function cloudEvent(event: TenantEvent): Record<string, unknown> {
  return {
    id: event.id,
    specversion: '1.0',
    type: event.type,
    source: event.source,
    time: toSecond(event.time),
    datacontenttype: 'application/json',
    tenantid: event.tenantId,
    userid: event.userId,
    ownerid: event.ownerId,
    ...(event.spaceId === undefined ? {} : { spaceid: event.spaceId }),
    toplevelresourceid: event.appId,
    traceparent: event.traceparent,
    data: event.data,
  };
}

/** The form before CloudEvents 1.0 (q-envelopes-09). */
function legacyEvent(event: TenantEvent): Record<string, unknown> {
  return {
    cloudEventsVersion: '0.1',
    source: event.source,
    contentType: 'application/json',
    eventId: event.id,
    eventTime: toSecond(event.time),
    eventTypeVersion: '1.0.0',
    eventType: event.type,
    extensions: {
      ownerId: event.ownerId,
      tenantId: event.tenantId,
      userId: event.userId,
      ...(event.spaceId === undefined ? {} : { spaceId: event.spaceId }),
      topLevelResourceId: event.appId,
    },
    data: event.data,
  };
}

/** ISO 8601 in UTC to the second: what the samples of the platform's events have. */
export function toSecond(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
