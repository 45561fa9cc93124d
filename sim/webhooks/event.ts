/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Over the years Qlik
 * has sent events to webhooks in several forms. This file makes these forms, and evaluates the filter by which a
 * webhook chooses its events.
 */

import { isoTime } from '../clock.ts';
import { badRequest } from '../http/answer.ts';
import { parseScim } from '../scim.ts';
import type { Form } from '../switches.ts';

/** The two event types that the tenant sends. */
export const RELOAD_FINISHED_TYPE = 'com.qlik.v1.reload.finished';
export const APP_RELOAD_FINISHED = 'com.qlik.v1.app.reload.finished';

/** An event, without the form in which it is sent. */
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

/** Makes the body of a delivery, in one of the three forms that real tenants have sent over the years. */
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

/** The form of CloudEvents 1.0. Its attribute names are in lower case (fact q-envelopes-01). */
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
    spaceid: event.spaceId,
    toplevelresourceid: event.appId,
    traceparent: event.traceparent,
    data: event.data,
  };
}

/** The form before CloudEvents 1.0 (fact q-envelopes-09). */
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
      spaceId: event.spaceId,
      topLevelResourceId: event.appId,
    },
    data: event.data,
  };
}

/** A time as ISO 8601 in UTC, without milliseconds, as in Qlik's samples of events. */
export function toSecond(epochMs: number): string {
  return `${isoTime(epochMs).slice(0, 19)}Z`;
}

/**
 * Parses a webhook's filter. Returns a function that says whether an event passes it (facts q-webhooks-crud-14, -15).
 *
 * @throws Refusal 400 if the filter is not allowed.
 */
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
  return ({ spaceId, appId, data }) => {
    const values: Readonly<Record<string, unknown>> = {
      id: data['id'],
      spaceId,
      topLevelResourceId: appId,
      'data.status': data['status'],
    };
    return filter.passes((attribute) => values[attribute]);
  };
}
