/*
 * Qlik reports ended reloads by webhooks of two types, and by an oldest form without a type. The receiver, the action
 * that a webhook reaches first, turns them into one form with this file. `cascade replay` reads bodies with it that
 * nobody understood before.
 *
 * An event is a reload that ended. A hint is a webhook that alone does not prove that a reload ended, so Cascade must
 * ask Qlik about the reload.
 */

import { CascadeError } from '../cascade-error.ts';
import { canonicalAppId } from '../chains/app-index.ts';
import { definedFields } from '../defined-fields.ts';
import { fieldOf, isJsonObject, type JsonObject, objectOf, textOf } from '../json-fields.ts';
import type { AppId, ReloadId, TenantName } from '../names.ts';
import { clipped, LONGEST_WORD } from '../outside-text.ts';
import type { Ignored, ReloadFinished } from '../reload-finished.ts';
import { type EpochMs, instantIn } from '../units.ts';
import { errorIn, isReloadId, orderIn, outcomeOf, timesIn } from './event-fields.ts';
import { type Envelope, readEnvelope } from './read-envelope.ts';

/** The type of a webhook with the final outcome of a reload. */
export const RELOAD_FINISHED = 'com.qlik.v1.reload.finished';
/** The type of a webhook with the outcome of one attempt of Qlik's engine. If it failed, Qlik may try again. */
export const ENGINE_ATTEMPT = 'com.qlik.v1.app.reload.finished';

/** What the receiver knows beside the body. */
export interface Received {
  /** The tenant that the sender proved to be. */
  readonly tenant: TenantName;
  readonly receivedAt: EpochMs;
  /**
   * The id of the receiver's activation. The oldest form names no reload, so this becomes its reload id: each delivery
   * has another one.
   */
  readonly activationId: string;
  /**
   * Without a ledger (Cascade's memory): the type of webhook that gives an event, `RELOAD_FINISHED` or
   * `ENGINE_ATTEMPT`. The other type is ignored, and the oldest form gives an event, too. Absent with a ledger: then
   * `RELOAD_FINISHED` gives an event; `ENGINE_ATTEMPT` and the oldest form give a hint.
   */
  readonly countedType?: string | undefined;
}

/** What a webhook's body reports. */
export type WebhookNews =
  | { readonly kind: 'event'; readonly event: ReloadFinished }
  /**
   * Only with a ledger: an engine attempt, or a webhook in the oldest form. `reloadId` is absent if the body names no
   * reload.
   */
  | { readonly kind: 'hint'; readonly attempt: ReloadFinished; readonly reloadId?: string }
  | { readonly kind: 'ignored'; readonly ignored: Ignored };

const APP_ID = /^[A-Za-z0-9-]{1,64}$/;

const malformed = (problem: string): CascadeError =>
  new CascadeError('EVENT_MALFORMED', `The body is authentic, but it is not a reload event: ${problem}.`);

/**
 * Turns the body of a webhook, in any of Qlik's forms, into the form that Cascade works with.
 *
 * @param body - from a sender that has proved who it is.
 * @throws CascadeError EVENT_MALFORMED if the body cannot be understood. The message says why, such as a wrong field.
 */
export function normaliseEvent(body: unknown, delivery: Received): WebhookNews {
  if (!isJsonObject(body)) throw malformed('it is not a JSON object');
  const envelope = readEnvelope(body);
  if (envelope.type === undefined) {
    if (fieldOf(body, 'type', 'eventType') !== undefined) throw malformed('its type is not a text');
    const event = oldestForm(body, delivery);
    return delivery.countedType === undefined ? { kind: 'hint', attempt: event } : { kind: 'event', event };
  }
  if (envelope.type === RELOAD_FINISHED) return counted(envelope, delivery, reloadFinished);
  if (envelope.type === ENGINE_ATTEMPT) return counted(envelope, delivery, engineAttempt);
  return { kind: 'ignored', ignored: { reason: 'other-event', type: envelope.type } };
}

/**
 * Reads a webhook of a known type as an event or as a hint, or says why it is ignored. One that is ignored is not read,
 * because it may be incomplete.
 */
function counted(
  envelope: Envelope,
  delivery: Received,
  read: (envelope: Envelope, delivery: Received) => ReloadFinished,
): WebhookNews {
  const { type, data } = envelope;
  const { countedType } = delivery;
  const isSession = fieldOf(data, 'isSessionApp') === true || fieldOf(data, 'isSkipStore') === true;
  if (isSession || (countedType !== undefined && type !== countedType)) {
    const reason = isSession ? 'session-app' : 'engine-attempt';
    return { kind: 'ignored', ignored: { reason, ...idsIn(envelope) } };
  }
  const event = read(envelope, delivery);
  const isHint = countedType === undefined && type === ENGINE_ATTEMPT;
  return isHint ? { kind: 'hint', attempt: event, reloadId: event.reloadId } : { kind: 'event', event };
}

/** Type, app and reload of an ignored event, if it has them. */
function idsIn({ type, data, resourceId }: Envelope): Omit<Ignored, 'reason'> {
  const appId = textOf(data, 'appId') ?? resourceId ?? '';
  const reloadId = textOf(data, 'reloadId', 'id') ?? '';
  return definedFields({
    type,
    appId: APP_ID.test(appId) ? canonicalAppId(appId) : undefined,
    reloadId: isReloadId(reloadId) ? reloadId : undefined,
  });
}

function reloadFinished(envelope: Envelope, delivery: Received): ReloadFinished {
  const { data } = envelope;
  const endedAt = instantIn(envelope.time) ?? delivery.receivedAt;
  const startedBy = textOf(data, 'type');
  return {
    tenant: delivery.tenant,
    appId: appIdOf(textOf(data, 'appId') ?? envelope.resourceId, 'data.appId'),
    reloadId: reloadIdOf(textOf(data, 'id'), 'data.id'),
    outcome: outcomeOf(textOf(data, 'status'), fieldOf(data, 'succeeded')) ?? fail('data.status names no outcome'),
    endedAt,
    partial: fieldOf(data, 'partial') === true,
    ...timesIn(data, endedAt),
    ...definedFields({
      eventId: envelope.eventId,
      startedBy: startedBy && clipped(startedBy, LONGEST_WORD),
      ...orderIn(textOf(data, 'resourceId')),
      error: errorIn(data),
    }),
  };
}

function engineAttempt(envelope: Envelope, delivery: Received): ReloadFinished {
  const { data, eventId } = envelope;
  return {
    tenant: delivery.tenant,
    appId: appIdOf(envelope.resourceId, 'toplevelresourceid'),
    reloadId: reloadIdOf(textOf(data, 'reloadId'), 'data.reloadId'),
    outcome: outcomeOf(textOf(data, 'status'), undefined) ?? fail('data.status names no outcome'),
    endedAt: instantIn(textOf(data, 'endTime') ?? envelope.time) ?? delivery.receivedAt,
    partial: fieldOf(data, 'isPartialReload') === true,
    ...definedFields({ eventId }),
  };
}

/** Reads the oldest form, of 2020: `{ data: { id: <app id>, status: "ok" | "error" } }`. */
function oldestForm(body: JsonObject, { tenant, receivedAt, activationId }: Received): ReloadFinished {
  const data = objectOf(body, 'data');
  const status = textOf(data, 'status')?.toLowerCase();
  if (status !== 'ok' && status !== 'error') throw malformed('it has no type, and data.status is neither ok nor error');
  return {
    tenant,
    appId: appIdOf(textOf(data, 'id'), 'data.id'),
    reloadId: `x.${activationId}` as ReloadId,
    outcome: status === 'ok' ? 'succeeded' : 'failed',
    endedAt: receivedAt,
    partial: false,
  };
}

const fail = (problem: string): never => {
  throw malformed(problem);
};

const appIdOf = (text: string | undefined, field: string): AppId =>
  text !== undefined && APP_ID.test(text) ? canonicalAppId(text) : fail(`${field} is not an app id`);

const reloadIdOf = (text: string | undefined, field: string): ReloadId =>
  text !== undefined && isReloadId(text) ? (text as ReloadId) : fail(`${field} is not a reload id`);
