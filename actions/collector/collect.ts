import type { Batch, BatchEvent, HintRef } from '../../src/contracts/batch.ts';
import { checkpointId, hintId, tenantId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { readCheckpoint } from '../../src/ledger/documents/checkpoint.ts';
import { readHint } from '../../src/ledger/documents/hint.ts';
import { askTenants } from './ask-tenant.ts';
import { batchRoom } from './batch-room.ts';
import { type BoundTenants, boundTenants } from './bound-tenants.ts';
import { type CollectorPorts, halfTime } from './collector-ports.ts';
import { appsOf, type TenantPorts } from './list/tenant-list.ts';
import { settleHint } from './settle-hint.ts';
import { sweepTenant } from './sweep-tenant.ts';
import { tenantGate } from './tenant-gate.ts';
import { workDue } from './work-due.ts';

/**
 * Finds what the webhooks missed: ends that Qlik lists and nobody told, and what is due in the ledger (ledger.md §9). With
 * a hint it settles that one and looks at nothing else, so that each hint's sweep is cheap.
 *
 * Any two at once are safe, and over finished work it writes nothing. What one tenant does not answer is told in the log
 * and stays for the next sweep; the others and what is due go on.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: what is stored by then is due.
 */
export async function collect(params: { readonly hint?: HintRef }, ports: CollectorPorts): Promise<Batch> {
  const batch = { traceId: ports.traceId, source: 'sweep', receivedAt: ports.now(), ignored: [] } as const;
  if (params.hint !== undefined) return { ...batch, events: await collectHint(params.hint, ports) };
  const room = batchRoom();
  const { events: heard, bound } = await sweepTenants(ports);
  for (const event of heard) room.addEvent(event);
  await workDue(room, bound, ports);
  const { events, orders } = room;
  return { ...batch, events, ...(orders.length > 0 && { due: orders }) };
}

async function collectHint({ tenant, told }: HintRef, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const [document, ...tenantDocuments] = await ports.store.many([hintId(tenant, told), tenantId(tenant)]);
  const hint = document === undefined ? undefined : readHint(document);
  if (hint === undefined || hint.settledAt !== undefined) return [];
  const bound = await boundTenants([tenant], tenantDocuments, ports);
  if (!(await tenantGate(bound, ports).knows(hint.tenant))) return [];
  return settleHint(hint, bound.of(tenant), askTenants(ports), ports);
}

async function sweepTenants(
  ports: CollectorPorts,
): Promise<{ readonly events: readonly BatchEvent[]; readonly bound: BoundTenants }> {
  const withApps = ports.tenants.filter((tenant) => appsOf(tenant, ports).length > 0);
  const found = await ports.store.many([...withApps.map(checkpointId), ...ports.tenants.map(tenantId)]);
  const bound = await boundTenants(ports.tenants, found.slice(withApps.length), ports);
  const shared: TenantPorts = { ...ports, until: halfTime(ports), identity: once(() => ports.store.identity()) };
  const sweepOne = async (tenant: TenantName, index: number): Promise<readonly BatchEvent[]> => {
    const document = found[index];
    return sweepTenant(tenant, document === undefined ? undefined : readCheckpoint(document), shared);
  };
  const sweepUnmoved = async (tenant: TenantName, index: number): Promise<readonly BatchEvent[]> =>
    bound.isMoved(tenant) ? [] : ((await skipBadDocument(() => sweepOne(tenant, index), ports.log)) ?? []);
  const swept = await whenAllSettled(withApps.map(sweepUnmoved));
  return { events: swept.flat(), bound };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
