/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. When a reload ends,
 * Qlik sends events about it to webhooks. This file makes these events.
 */

import type { App } from '../apps.ts';
import type { Chance } from '../chance.ts';
import { isoTime } from '../clock.ts';
import type { Switches } from '../switches.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE, type TenantEvent, toSecond } from '../webhooks/event.ts';
import type { Reload } from './record.ts';
import { resourceOf } from './reload-view.ts';

/** The fields that the events about one reload have in common. */
export interface EventContext {
  readonly chance: Chance;
  readonly tenantId: string;
  /** The owner of the app. */
  readonly ownerId: string;
  readonly userId: string;
  /** Epoch ms. */
  readonly time: number;
}

/** One attempt of the engine to load an app: for a reload, or for "Load data" in the editor. */
export interface EngineAttempt {
  readonly reloadId: string;
  readonly succeeded: boolean;
  readonly partial: boolean;
  readonly durationMs: number;
}

/**
 * Makes the event of the reload service. There is one for each reload, when the reload has ended.
 * See the facts q-envelopes-02 to q-envelopes-05 in sim/coverage.md.
 */
export function reloadFinished(reload: Reload, app: App, switches: Switches, context: EventContext): TenantEvent {
  const { id, appId, userId, status, type, partial, weight, startedAt, endedAt = context.time } = reload;
  return event(RELOAD_FINISHED_TYPE, 'com.qlik/reloads', app, context, {
    id,
    appId,
    tenantId: context.tenantId,
    userId,
    succeeded: status === 'SUCCEEDED',
    status: switches.get('events.status') === 'absent' ? undefined : status,
    type,
    partial,
    weight,
    ...(switches.get('reloads.echo') === 'both' && resourceOf(reload)),
    creationTime: isoTime(reload.createdAt),
    startTime: isoTime(startedAt),
    durationSeconds: startedAt === undefined ? undefined : (endedAt - startedAt) / 1000,
    lastReloadTime: isoTime(app.lastReloadAt),
    ...(reload.error ?? { errorCode: '', errorMessage: '' }),
    appUsage: app.usage,
  });
}

/**
 * Makes the event of the engine. There is one for each attempt. The app's id is not in `data`. See the facts
 * q-envelopes-07 and q-envelopes-08 in sim/coverage.md.
 */
export function appReloadFinished(attempt: EngineAttempt, app: App, context: EventContext): TenantEvent {
  return event(APP_RELOAD_FINISHED, 'com.qlik/engine', app, context, {
    name: app.name,
    status: attempt.succeeded ? 'ok' : 'error',
    reloadId: attempt.reloadId,
    endTime: toSecond(context.time),
    duration: attempt.durationMs,
    size: { memory: 42 },
    usage: app.usage,
    rowLimit: -1,
    errors: [],
    warnings: [],
    statements: [],
    isSkipStore: app.isSkipStore,
    isSessionApp: app.isSessionApp,
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
