/*
 * The sweep asks Qlik every 5 minutes which reloads ended, because a webhook may get lost. If Qlik refuses to show the
 * reloads of an app, a lost webhook of this app stays unnoticed. So people get an alert.
 */

import { alertId } from '../../../src/core/document-ids.ts';
import { type AppId, appKey, type TenantName } from '../../../src/core/names.ts';
import { alertPeople, type CollectorPorts } from '../collector-ports.ts';

const KIND = 'unseen-app';

/** An app whose reloads Qlik does not show us. */
export interface UnseenApp {
  readonly appId: AppId;
  /** Qlik's answer. */
  readonly message: string;
}

/**
 * Raises an alert for each unseen app. An app that has the alert already gets no new one, until a person deletes it.
 */
export async function alertUnseen(
  tenant: TenantName,
  unseen: readonly UnseenApp[],
  ports: Pick<CollectorPorts, 'store' | 'traceId' | 'now' | 'log'>,
): Promise<void> {
  const subjects = unseen.map(({ appId }) => appKey({ tenant, appId }));
  const known = await ports.store.many(subjects.map((subject) => alertId(KIND, subject)));
  for (const [index, subject] of subjects.entries()) {
    if (known[index] !== undefined) continue;
    const message = `The sweep cannot see the reloads of the app ${subject}: ${unseen[index]?.message}. Cascade hears only of the ends that webhooks bring. Give Cascade’s user access to the app, or take it out of the chains; then delete this alert, so that it can be raised again.`;
    await alertPeople({ kind: KIND, subject, message }, ports);
  }
}
