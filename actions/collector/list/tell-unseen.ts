import { alertId } from '../../../src/core/document-ids.ts';
import { type AppId, appKey, type TenantName } from '../../../src/core/names.ts';
import { raiseAlert } from '../../../src/ledger/raise-alert.ts';
import { type CollectorPorts, storeNow } from '../collector-ports.ts';

/**
 * Tells people, once for each app, that Qlik does not show us the app's reloads. Where they were told already that costs
 * one read for all, and no write.
 *
 * @param unseen - the apps, and what Qlik said.
 */
export async function tellUnseen(
  tenant: TenantName,
  unseen: readonly { readonly appId: AppId; readonly message: string }[],
  ports: Pick<CollectorPorts, 'store' | 'traceId' | 'now' | 'log'>,
): Promise<void> {
  const { store, traceId, log } = ports;
  const subjects = unseen.map(({ appId }) => appKey({ tenant, appId }));
  const known = await store.many(subjects.map((subject) => alertId(KIND, subject)));
  for (const [index, { message }] of unseen.entries()) {
    const subject = subjects[index];
    if (subject === undefined || known[index] !== undefined) continue;
    const text = `The sweep cannot see the reloads of the app ${subject}: ${message}. ${WHAT_TO_DO}`;
    await raiseAlert(store, { kind: KIND, subject, message: text, traceId, at: storeNow(ports) }, log);
  }
}

const KIND = 'unseen-app';
const WHAT_TO_DO =
  'What its webhooks do not tell is not heard of. Give Cascade’s user access to the app, or take it out of the chains; then delete this alert to be told again.';
