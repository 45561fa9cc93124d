/*
 * The collector is the first action of the sweep, which runs every 5 minutes. It finds what the webhooks missed and
 * what was left undone, and passes it to the resolver, as the receiver does with a webhook. It also finds the apps that
 * were not reloaded by their deadline.
 *
 * An event is the ledger's document of an ended reload. A document is due if work on it was left undone. A hint is a
 * webhook that alone does not prove that a reload ended, so Cascade must ask Qlik about it.
 */

import type { Batch, HintRef } from '../../src/contracts/batch.ts';
import { checkpointId, hintId, tenantId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { readCheckpoint } from '../../src/ledger/documents/checkpoint.ts';
import { readHint } from '../../src/ledger/documents/hint.ts';
import { addLogs } from './add-logs.ts';
import { askTenants } from './ask-tenant.ts';
import { batchRoom } from './batch-room.ts';
import { type CollectorPorts, halfTime } from './collector-ports.ts';
import { judgeLateness } from './judge-lateness.ts';
import { appsOf } from './list/tenant-list.ts';
import { settleHint } from './settle-hint.ts';
import { type SweptEnds, sweepTenant } from './sweep-tenant.ts';
import { type SweptTenants, sweptTenants } from './swept-tenants.ts';
import { workDue } from './work-due.ts';

/**
 * One sweep. It creates events of the ends that Qlik lists and no webhook brought, takes up what is due in the ledger,
 * judges which apps are late, and adds the logs of failed reloads to tickets (docs/sweep.md). If one tenant does not
 * answer, the sweep logs that, and goes on with the other tenants and with what is due. The next sweep asks that tenant
 * again. Two sweeps may run at once.
 *
 * If the request names a hint, this settles only that hint. Then no tenant's reloads are listed, so few calls are
 * needed.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the events stored so far stay due. LEDGER_MALFORMED for a hint
 *   that the request names.
 */
export async function collect(
  { hint }: { readonly hint?: HintRef | undefined },
  ports: CollectorPorts,
): Promise<Batch> {
  const batch = { traceId: ports.traceId, source: 'sweep', receivedAt: ports.now(), ignored: [] } as const;
  if (hint !== undefined) return { ...batch, ...(await collectHint(hint, ports)) };
  const room = batchRoom();
  const { events, orders, slots, unrecorded, owing } = room;
  const { swept, tenants } = await sweepTenants(ports);
  for (const event of swept.flatMap(({ created }) => created)) events.add(event);
  const tickets = await workDue(room, tenants, ports);
  const late = await judgeLateness(
    swept.flatMap(({ known }) => known ?? []),
    tenants,
    ports,
  );
  for (const id of late) owing.add(id);
  await addLogs(tickets, ports);
  return {
    ...batch,
    events: events.items,
    ...(orders.items.length > 0 && { due: orders.items }),
    ...(slots.items.length > 0 && { slots: slots.items }),
    ...(unrecorded.items.length > 0 && { unrecorded: unrecorded.items }),
    ...(owing.items.length > 0 && { owing: owing.items }),
  };
}

/**
 * Settles one hint.
 *
 * @returns the event, if the hint turns out to be the end of a reload. The trace id is that of the webhook that gave the
 *   hint, because all that follows belongs to that webhook.
 */
async function collectHint(
  { tenant, told }: HintRef,
  ports: CollectorPorts,
): Promise<Pick<Batch, 'events'> & Partial<Pick<Batch, 'traceId'>>> {
  const [document, ...tenantDocuments] = await ports.store.many([hintId(tenant, told), tenantId(tenant)]);
  const hint = document && readHint(document);
  if (hint === undefined || hint.settledAt !== undefined) return { events: [] };
  const { traceId } = hint;
  const tenants = await sweptTenants([tenant], tenantDocuments, ports);
  if (!(await tenants.mayWork(hint.tenant))) return { events: [], traceId };
  return { events: await settleHint(hint, tenants.bound(tenant), askTenants(ports), ports), traceId };
}

/**
 * Sweeps all tenants that have apps in the chains, at the same time. A malformed checkpoint stops only its own tenant.
 */
async function sweepTenants(
  ports: CollectorPorts,
): Promise<{ readonly swept: readonly SweptEnds[]; readonly tenants: SweptTenants }> {
  const withApps = ports.tenants.filter((tenant) => appsOf(tenant, ports).length > 0);
  const found = await ports.store.many([...withApps.map(checkpointId), ...ports.tenants.map(tenantId)]);
  const tenants = await sweptTenants(ports.tenants, found.slice(withApps.length), ports);
  // The store's identity is the same for all tenants. It is read only if a tenant needs it, and then once.
  let identity: Promise<string> | undefined;
  const shared = {
    ...ports,
    until: halfTime(ports),
    identity() {
      identity ??= ports.store.identity();
      return identity;
    },
  };
  const sweepOne = (tenant: TenantName, index: number): Promise<SweptEnds | undefined> =>
    skipBadDocument(() => {
      const checkpoint = found[index];
      if (tenants.isMoved(tenant)) return { created: [] };
      return sweepTenant(tenant, checkpoint && readCheckpoint(checkpoint), shared);
    }, ports.log);
  const swept = await whenAllSettled(withApps.map(sweepOne));
  return { swept: swept.flatMap((each) => each ?? []), tenants };
}
