import { CascadeError } from '../cascade-error.ts';
import { canonicalAppId } from '../chains/app-index.ts';
import { fieldOf, isJsonObject, type JsonObject, objectOf, textOf } from '../json-fields.ts';
import type { AppId, ReloadId, TenantName } from '../names.ts';
import { clipped } from '../outside-text.ts';
import type { Ignored, ReloadFinished } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';
import { isReloadId } from './is-reload-id.ts';
import { outcomeOf } from './outcome-of.ts';
import { type Envelope, readEnvelope } from './read-envelope.ts';
import { toldError } from './told-error.ts';
import { toldOrder } from './told-order.ts';

/** The final outcome of a reload request: one for each reload. */
export const RELOAD_FINISHED = 'com.qlik.v1.reload.finished';
/** One attempt of the engine, which Qlik may repeat. */
export const ENGINE_ATTEMPT = 'com.qlik.v1.app.reload.finished';

/** What the receiver knows beside the body. */
export interface Received {
  /** The tenant whose credential verified. */
  readonly tenant: TenantName;
  readonly receivedAt: EpochMs;
  /** Makes the oldest form's reload id: one of its own for each delivery. */
  readonly activationId: string;
  /** The event type that counts: `RELOAD_FINISHED` or `ENGINE_ATTEMPT`. */
  readonly countedType: string;
}

/** What a webhook's body tells. */
export type Told =
  | { readonly kind: 'event'; readonly event: ReloadFinished }
  | { readonly kind: 'ignored'; readonly ignored: Ignored };

const APP_ID = /^[A-Za-z0-9-]{1,64}$/;
const LONGEST_WORD = 200;

const malformed = (problem: string): CascadeError =>
  new CascadeError('EVENT_MALFORMED', `The body is authentic, but no reload event: ${problem}.`);

/**
 * Turns an authenticated webhook body, in any of Qlik's forms, into the one form that Cascade works with.
 *
 * @throws CascadeError EVENT_MALFORMED, naming the field.
 */
export function normaliseEvent(body: unknown, delivery: Received): Told {
  if (!isJsonObject(body)) throw malformed('it is no JSON object');
  const envelope = readEnvelope(body);
  if (envelope.type === undefined) {
    if (fieldOf(body, 'type', 'eventType') !== undefined) throw malformed('its type is no text');
    return { kind: 'event', event: oldestForm(body, delivery) };
  }
  if (envelope.type === RELOAD_FINISHED) return counted(envelope, delivery, reloadFinished);
  if (envelope.type === ENGINE_ATTEMPT) return counted(envelope, delivery, engineAttempt);
  return { kind: 'ignored', ignored: { reason: 'other-event', type: envelope.type } };
}

/** Reads strictly only what counts: what is ignored anyway need not be complete. */
function counted(
  envelope: Envelope,
  delivery: Received,
  read: (envelope: Envelope, delivery: Received) => ReloadFinished,
): Told {
  const { type, data } = envelope;
  if (fieldOf(data, 'isSessionApp') === true || fieldOf(data, 'isSkipStore') === true) {
    return { kind: 'ignored', ignored: { reason: 'session-app', ...idsIn(envelope) } };
  }
  if (type !== delivery.countedType) {
    return { kind: 'ignored', ignored: { reason: 'engine-attempt', ...idsIn(envelope) } };
  }
  return { kind: 'event', event: read(envelope, delivery) };
}

/** Type, app and reload of an ignored event, as far as it tells them. */
function idsIn({ type, data, resourceId }: Envelope): Omit<Ignored, 'reason'> {
  const appId = textOf(data, 'appId') ?? resourceId ?? '';
  const reloadId = textOf(data, 'reloadId', 'id') ?? '';
  return {
    ...(type === undefined ? {} : { type }),
    ...(APP_ID.test(appId) ? { appId: canonicalAppId(appId) } : {}),
    ...(isReloadId(reloadId) ? { reloadId } : {}),
  };
}

function reloadFinished(envelope: Envelope, delivery: Received): ReloadFinished {
  const { data } = envelope;
  const status = textOf(data, 'status');
  const startedBy = textOf(data, 'type');
  return {
    ...common(envelope, delivery),
    appId: appIdOf(textOf(data, 'appId') ?? envelope.resourceId, 'data.appId'),
    reloadId: reloadIdOf(textOf(data, 'id'), 'data.id'),
    outcome: outcomeOf(status, fieldOf(data, 'succeeded')) ?? fail('data.status tells no outcome'),
    endedAt: instantOf(envelope.time) ?? delivery.receivedAt,
    partial: fieldOf(data, 'partial') === true,
    ...(startedBy === undefined ? {} : { startedBy: clipped(startedBy, LONGEST_WORD) }),
    ...toldOrder(textOf(data, 'resourceId')),
    ...toldError(data),
  };
}

function engineAttempt(envelope: Envelope, delivery: Received): ReloadFinished {
  const { data } = envelope;
  return {
    ...common(envelope, delivery),
    appId: appIdOf(envelope.resourceId, 'toplevelresourceid'),
    reloadId: reloadIdOf(textOf(data, 'reloadId'), 'data.reloadId'),
    outcome: outcomeOf(textOf(data, 'status'), undefined) ?? fail('data.status tells no outcome'),
    endedAt: instantOf(textOf(data, 'endTime') ?? envelope.time) ?? delivery.receivedAt,
    partial: fieldOf(data, 'isPartialReload') === true,
  };
}

/** `{ data: { id: <app id>, status: "ok" | "error" } }`, which the paper of 2020 relied on. */
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

const common = ({ eventId }: Envelope, { tenant }: Received) => ({
  tenant,
  ...(eventId === undefined ? {} : { eventId }),
});

const fail = (problem: string): never => {
  throw malformed(problem);
};

const appIdOf = (text: string | undefined, field: string): AppId =>
  text !== undefined && APP_ID.test(text) ? canonicalAppId(text) : fail(`${field} is no app id`);

const reloadIdOf = (text: string | undefined, field: string): ReloadId =>
  text !== undefined && isReloadId(text) ? (text as ReloadId) : fail(`${field} is no reload id`);

function instantOf(text: string | undefined): EpochMs | undefined {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? undefined : (instant as EpochMs);
}
