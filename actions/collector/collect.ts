/*
 * A webhook may get lost, and an action may die. So the sweep runs every 5 minutes. The collector is its first action:
 * it finds what the webhooks missed and what was left undone, and passes that to the resolver, as the receiver does
 * with a webhook. It also finds the apps that were not reloaded by their deadline.
 *
 * The ledger is Cascade's memory, a database in CouchDB. An event is its document of a reload that ended. A document is
 * due if it still needs work. A hint is something that Cascade heard, and that it must check by asking Qlik.
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
 * Does the collector's part of one sweep (docs/sweep.md). It creates events of the ends that Qlik lists and no webhook
 * brought. It takes up what is due in the ledger. It judges which apps are late, and adds the ends of failed reloads'
 * logs to tickets. If a tenant does not answer, it goes on without that tenant, and a later sweep asks again. Two
 * sweeps may run at once.
 *
 * If the request names a hint, this settles only that hint. The invoker asks for that right after a webhook, so that
 * the hint need not wait for the next sweep.
 *
 * @returns the batch for the resolver.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the events stored so far stay due. LEDGER_MALFORMED if the
 *   request names a hint whose document is malformed.
 */
export async function collect(
  { hint }: { readonly hint?: HintRef | undefined },
  ports: CollectorPorts,
): Promise<Batch> {
  const batch = { traceId: ports.traceId, source: 'sweep', receivedAt: ports.now(), ignored: [] } as const;
  if (hint !== undefined) return { ...batch, ...(await collectHint(hint, ports)) };
  const room = batchRoom();
  const { events, orders, slots, unrecorded, owing, asked } = room;
  const { swept, tenants } = await sweepTenants(ports);
  for (const event of swept.flatMap(({ created }) => created)) events.add(event);
  const tickets = await workDue(room, tenants, ports);
  const late = await judgeLateness(
    swept.flatMap(({ known }) => known ?? []),
    tenants,
    ports,
  );
  // Questions come last, so that no failed reload waits behind them.
  for (const id of [...late, ...asked.items]) owing.add(id);
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
 * @returns the event, if the hint turns out to be the end of a reload. The trace id is that of the webhook that gave
 *   the hint, because all that follows belongs to that webhook.
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
 * Finds the ends that webhooks missed, in all tenants of the settings that have apps in the chains, at the same time. A
 * tenant that has moved to another address is left out. A malformed checkpoint (up to where the sweep has seen the ends
 * of a tenant) stops only its own tenant.
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
