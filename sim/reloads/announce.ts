/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. When a reload ends,
 * Qlik sends events to webhooks: Cascade starts the next reloads by them. This file sends these events.
 */

import type { App } from '../apps.ts';
import type { Chance } from '../chance.ts';
import type { Journal } from '../journal.ts';
import type { Switches } from '../switches.ts';
import type { Publisher } from '../webhooks/publisher.ts';
import type { Reload } from './record.ts';
import { appReloadFinished, type EventContext, reloadFinished } from './reload-events.ts';

export interface AnnouncePorts {
  readonly chance: Chance;
  readonly tenantId: string;
  /** The owner of an app that names no owner. */
  readonly defaultOwnerId: string;
  readonly switches: Switches;
  readonly journal: Journal;
  readonly publisher: Publisher;
}

/**
 * Writes a reload's change of state into the journal (the tenant's list of what happened). If the reload has ended, it
 * also sends its events to the webhooks.
 */
export function announce(ports: AnnouncePorts, reload: Reload, app: App): void {
  const { id, appId, status, type, resourceId, endedAt } = reload;
  ports.journal.add('reload', { id, appId, appName: app.name, status, type, resourceId });
  if (endedAt === undefined) return;
  // First comes the event of the engine's attempt, if there was one, then that of the reload (facts q-events-01, -02).
  announceAttempt(ports, reload, app, endedAt);
  const context = contextOf(ports, reload, app, endedAt);
  ports.publisher.publish(reloadFinished(reload, app, ports.switches, context));
}

/**
 * Sends the event that an attempt of the engine has ended at `time` (epoch ms). If the reload never started, it sends
 * nothing.
 */
export function announceAttempt(ports: AnnouncePorts, reload: Reload, app: App, time: number): void {
  const { id: reloadId, partial, attemptAt, status } = reload;
  if (attemptAt === undefined) return;
  const attempt = { reloadId, partial, succeeded: status === 'SUCCEEDED', durationMs: time - attemptAt };
  const context = contextOf(ports, reload, app, time);
  ports.publisher.publish(appReloadFinished(attempt, app, context));
}

function contextOf(ports: AnnouncePorts, { userId }: Reload, app: App, time: number): EventContext {
  const { chance, tenantId, defaultOwnerId } = ports;
  return { chance, tenantId, ownerId: app.ownerId ?? defaultOwnerId, userId, time };
}
