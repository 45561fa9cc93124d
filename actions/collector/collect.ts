import type { Batch, BatchEvent, HintRef } from '../../src/contracts/batch.ts';
import { checkpointId, hintId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { orMalformed } from '../../src/ledger/or-malformed.ts';
import { readCheckpoint } from '../../src/ledger/read-checkpoint.ts';
import { readHint } from '../../src/ledger/read-hint.ts';
import { askTenants } from './ask-tenant.ts';
import { batchRoom } from './batch-room.ts';
import { type CollectorPorts, halfTime } from './collector-ports.ts';
import { appsOf } from './list-tenant.ts';
import { settleHint } from './settle-hint.ts';
import { sweepTenant, type TenantPorts } from './sweep-tenant.ts';
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
  for (const event of await sweepTenants(ports)) room.addEvent(event);
  await workDue(room, ports);
  const { events, orders } = room;
  return { ...batch, events, ...(orders.length > 0 && { due: orders }) };
}

async function collectHint({ tenant, told }: HintRef, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const document = await ports.store.get(hintId(tenant, told));
  const hint = document === undefined ? undefined : readHint(document);
  if (hint === undefined || hint.settledAt !== undefined || !tenantGate(ports).knows(hint.tenant)) return [];
  return settleHint(hint, askTenants(ports), ports);
}

async function sweepTenants(ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const tenants = ports.tenants.filter((tenant) => appsOf(tenant, ports).length > 0);
  const found = await ports.store.many(tenants.map(checkpointId));
  const shared: TenantPorts = { ...ports, until: halfTime(ports), identity: once(() => ports.store.identity()) };
  const sweepOne = async (tenant: TenantName, index: number): Promise<readonly BatchEvent[]> => {
    const document = found[index];
    return sweepTenant(tenant, document === undefined ? undefined : readCheckpoint(document), shared);
  };
  const swept = await whenAllSettled(
    tenants.map((tenant, index) => orMalformed(() => sweepOne(tenant, index), [], ports.log)),
  );
  return swept.flat();
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
