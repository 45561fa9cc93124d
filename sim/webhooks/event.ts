import { badRequest } from '../http/answer.ts';
import type { Form } from '../switches.ts';
import { parseScim } from '../users.ts';

/** The two event types that the tenant sends. */
export const RELOAD_FINISHED_TYPE = 'com.qlik.v1.reload.finished';
export const APP_RELOAD_FINISHED = 'com.qlik.v1.app.reload.finished';

/** Something that happened, before it takes one of the forms in which it is sent. */
export interface TenantEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** Epoch ms. */
  readonly time: number;
  readonly tenantId: string;
  readonly userId: string;
  readonly ownerId: string;
  /** Absent for an app in a personal space. */
  readonly spaceId: string | undefined;
  readonly appId: string;
  readonly traceparent: string;
  readonly data: Readonly<Record<string, unknown>>;
}

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

/** Whether an event passes a webhook's filter (q-webhooks-crud-14, -15). @throws Refusal 400 if the filter is not allowed */
export function parseEventFilter(text: string, eventTypes: readonly string[]): (event: TenantEvent) => boolean {
  const filter = parseScim(text, {
    attributes: ['id', 'spaceId', 'topLevelResourceId', 'data.status'],
    operators: ['eq', 'ne'],
    parentheses: false,
  });
  const isEngineOnly = eventTypes.length === 1 && eventTypes[0] === APP_RELOAD_FINISHED;
  if (filter.attributes.has('data.status') && !isEngineOnly) {
    throw badRequest(`Invalid filter: data.status is for ${APP_RELOAD_FINISHED} alone.`);
  }
  return (event) => filter.passes((attribute) => read(event, attribute));
}

function read(event: TenantEvent, attribute: string): string | undefined {
  switch (attribute) {
    case 'spaceId':
      return event.spaceId;
    case 'topLevelResourceId':
      return event.appId;
    case 'data.status':
      return text(event.data['status']);
    default:
      return text(event.data['id']);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
