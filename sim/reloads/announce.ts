import type { App } from '../apps.ts';
import type { Chance } from '../chance.ts';
import type { Journal } from '../journal.ts';
import type { Switches } from '../switches.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED } from '../webhooks/event.ts';
import type { Publisher } from '../webhooks/publisher.ts';
import type { Reload } from './record.ts';
import { appReloadFinished, reloadFinished } from './reload-events.ts';

export interface AnnouncePorts {
  readonly chance: Chance;
  readonly tenantId: string;
  /** The owner of apps of which nothing else is said. */
  readonly defaultOwnerId: string;
  readonly switches: Switches;
  readonly journal: Journal;
  readonly publisher: Publisher;
}

/** Tells of a reload's change of state: always the journal, and of its end the webhooks. */
export function announce(ports: AnnouncePorts, reload: Reload, app: App): void {
  const { id, appId, status, type, resourceId } = reload;
  ports.journal.add('reload', { id, appId, appName: app.name, status, type, resourceId });
  if (reload.endedAt !== undefined) publishEnd(ports, reload, app, reload.endedAt);
}

/** First the engine's attempt, if there was one, then the outcome (q-events-01, -02). */
function publishEnd(ports: AnnouncePorts, reload: Reload, app: App, time: number): void {
  const { id: reloadId, userId, partial, startedAt, status } = reload;
  const { chance, tenantId, defaultOwnerId } = ports;
  const context = { chance, tenantId, ownerId: app.ownerId ?? defaultOwnerId, userId, time };
  if (startedAt !== undefined) {
    const attempt = { reloadId, partial, succeeded: status === 'SUCCEEDED', durationMs: time - startedAt };
    ports.publisher.publish(APP_RELOAD_FINISHED, () => appReloadFinished(attempt, app, context));
  }
  const echo = ports.switches.get('reloads.echo');
  ports.publisher.publish(RELOAD_FINISHED, () => reloadFinished(reload, app, echo, context));
}
