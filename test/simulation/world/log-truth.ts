import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { logOf } from './tenant-lists.ts';
import type { TenantModel } from './tenant-model.ts';

/**
 * What is wrong with the logs in tickets at rest. A log must be that of the ticket's first failed reload. If the app
 * has not recovered, and the tenant still shows the log, the ticket must have it, as no tenant is silent for a day.
 */
export function logProblems(
  documents: readonly StoredDocument[],
  tenants: ReadonlyMap<string, TenantModel>,
): readonly string[] {
  return documents.flatMap(({ _id, type, tenant, reloadId, log, recoveredAt }) => {
    const model = tenants.get(String(tenant));
    if (type !== 'ticket' || model === undefined) return [];
    const shown = logOf(String(reloadId), model);
    if (log !== undefined) return log === `Log of ${reloadId}` ? [] : [`${_id} has the log ${JSON.stringify(log)}`];
    return recoveredAt === undefined && shown !== undefined ? [`${_id} has no log`] : [];
  });
}
