import type { App } from '../apps.ts';
import type { Chance } from '../chance.ts';
import type { SwitchValue } from '../switches.ts';
import { toSecond } from '../webhooks/envelope.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED, type TenantEvent } from '../webhooks/event.ts';
import { FAILURE, isoTime, type Reload } from './record.ts';
import { resource } from './reload-view.ts';

/** What the events of one load have in common. */
export interface EventContext {
  readonly chance: Chance;
  readonly tenantId: string;
  /** Whose app it is. */
  readonly ownerId: string;
  readonly userId: string;
  /** Epoch ms. */
  readonly time: number;
}

/** One engine attempt: what the engine tells when a load ended, requested or not. */
export interface Attempt {
  readonly reloadId: string;
  readonly succeeded: boolean;
  readonly partial: boolean;
  readonly durationMs: number;
}

/** The event of the reload service: one for each reload, when its outcome is final (q-envelopes-02 … 05). */
export function reloadFinished(
  reload: Reload,
  app: App,
  echo: SwitchValue<'reloads.echo'>,
  context: EventContext,
): TenantEvent {
  const { startedAt, endedAt = context.time } = reload;
  const succeeded = reload.status === 'SUCCEEDED';
  return event(RELOAD_FINISHED, 'com.qlik/reloads', app, context, {
    id: reload.id,
    appId: reload.appId,
    tenantId: context.tenantId,
    userId: reload.userId,
    succeeded,
    status: reload.status,
    type: reload.type,
    partial: reload.partial,
    weight: reload.weight,
    ...(echo === 'both' ? resource(reload) : {}),
    creationTime: isoTime(reload.createdAt),
    ...(startedAt === undefined
      ? {}
      : { startTime: isoTime(startedAt), durationSeconds: (endedAt - startedAt) / 1000 }),
    ...(app.lastReloadAt === undefined ? {} : { lastReloadTime: isoTime(app.lastReloadAt) }),
    ...(reload.status === 'FAILED' ? FAILURE : { errorCode: '', errorMessage: '' }),
    appUsage: 'ANALYTICS',
  });
}

/** The event of the engine: one for each attempt; the app's id is in the envelope alone (q-envelopes-07, -08). */
export function appReloadFinished(attempt: Attempt, app: App, context: EventContext): TenantEvent {
  return event(APP_RELOAD_FINISHED, 'com.qlik/engine', app, context, {
    name: app.name,
    status: attempt.succeeded ? 'ok' : 'error',
    reloadId: attempt.reloadId,
    endTime: toSecond(context.time),
    duration: attempt.durationMs,
    size: { memory: 42 },
    usage: 'ANALYTICS',
    rowLimit: -1,
    errors: [],
    warnings: [],
    statements: [],
    isSkipStore: false,
    isSessionApp: false,
    isPartialReload: attempt.partial,
    isDirectQueryMode: false,
    peakMemoryBytes: 42,
    endedWithMemoryConstraint: false,
  });
}

function event(
  type: string,
  source: string,
  app: App,
  context: EventContext,
  data: Readonly<Record<string, unknown>>,
): TenantEvent {
  const { chance, ...known } = context;
  const traceparent = `00-${chance.traceId()}-${chance.spanId()}-01`;
  return { ...known, id: chance.uuid(), type, source, appId: app.id, spaceId: app.spaceId, traceparent, data };
}
