/*
 * What an activation of `reload` has to know of the tenant in which it starts a reload. The gate of a tenant says until when
 * its rate limit is spent. Until then orders (reloads that Cascade owes) wait, and the sweep, every 5 minutes, gives them slots:
 * a slot is the instant at which one order may start. A tenant echoes if its records of reloads have the `resourceId` that we
 * sent.
 */

import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { TenantFacts } from '../contracts/order-request.ts';
import { definedFields } from '../core/defined-fields.ts';
import type { EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { echoOf, type GateDocument, readGate } from './documents/gate.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * What the ledger (Cascade's memory) knows about a tenant. If the gate's document is malformed, it counts as missing, and the
 * log gets an error.
 *
 * @param gate - the document `gate:<tenant>`.
 * @param tenantUrl - the address in the ledger: `BoundTenant.url`.
 * @param address - the tenant's address in the settings. `echoes` counts only if it was learned at this address. Without
 * an address it always counts.
 * @param now - the store's clock, if it is known.
 * @param hasSlot - whether the facts are for an order with a slot. Such an order does not wait for the others.
 */
export function tenantFacts(
  gate: StoredDocument | undefined,
  tenantUrl: string | undefined,
  {
    address,
    now = 0 as EpochMs,
    hasSlot = false,
    log,
  }: {
    readonly address: string | undefined;
    readonly now: EpochMs | undefined;
    readonly hasSlot?: boolean;
    readonly log: Pick<LedgerLog, 'error'>;
  },
): TenantFacts {
  const known = readOrLog(gate, readGate, log);
  return definedFields({ gateUntil: gateUntilOf(known, { hasSlot, now }), echoes: echoOf(known, address), tenantUrl });
}

/**
 * Until when an order waits at its tenant's gate; undefined if it need not wait. An order without a slot also waits until
 * the last slot that was given, because the orders with slots have waited longer.
 *
 * @param now - the store's clock.
 */
export function gateUntilOf(
  gate: Pick<GateDocument, 'until' | 'lastSlot'> | undefined,
  { hasSlot, now }: { readonly hasSlot: boolean; readonly now: EpochMs },
): EpochMs | undefined {
  const { until = 0, lastSlot = 0 } = gate ?? {};
  const latest = (hasSlot ? until : Math.max(until, lastSlot)) as EpochMs;
  return latest > now ? latest : undefined;
}
