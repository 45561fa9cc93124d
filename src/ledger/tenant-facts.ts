/*
 * Works out what the action `reload` has to know of the tenant in which it is to start a reload, from the tenant's
 * document `gate`. First: until when must an order (a reload that Cascade owes) wait, because the tenant's rate limit
 * is spent? The sweep (it runs every 5 minutes) gives slots to the orders that wait. A slot is the instant at which one
 * order may start. Second: does the tenant echo, that is, do its records of reloads show the `resourceId` that Cascade
 * sent?
 */

import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { TenantFacts } from '../contracts/order-request.ts';
import { definedFields } from '../core/defined-fields.ts';
import type { EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { echoOf, type GateDocument, readGate } from './documents/gate.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * The facts about a tenant for one order. If the gate's document is malformed, it counts as missing, and the log gets
 * an error.
 *
 * @param gate - the document `gate:<tenant>`.
 * @param tenantUrl - the tenant's address in the ledger (`BoundTenant.url`). It becomes one of the facts as it is.
 * @param address - the tenant's address in the settings. `echoes` counts only if Cascade learned it at this address. If
 * the address is undefined, `echoes` counts in any case.
 * @param now - the store's clock, if it is known.
 * @param hasSlot - whether the order has a slot. Such an order does not wait for the others.
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
 * Until when an order waits at its tenant's gate; undefined if it need not wait. An order without a slot also waits
 * until the last slot that was given, because the orders with slots have waited longer.
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
