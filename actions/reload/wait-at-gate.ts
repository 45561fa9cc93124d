/*
 * A tenant's gate is shut while the tenant's rate limit is spent. Then no order (a reload that Cascade owes) is posted
 * there. A slot is the instant at which one waiting order may start. This file decides whether an order must wait at
 * the gate. Most orders wait in the ledger (Cascade's memory). An order whose slot has come waits in its activation (a
 * run of the action `reload`) if the wait is short, because the ledger would keep it waiting until the next sweep. The
 * sweep runs every 5 minutes.
 */

import { gateId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { readGate } from '../../src/ledger/documents/gate.ts';
import { gateUntilOf } from '../../src/ledger/tenant-facts.ts';
import { callTimeout, type OrderWork } from './order-work.ts';
import { type LedgerResult, leaveWaiting } from './outcome.ts';

/**
 * Makes the order wait if its tenant's gate is shut. If the order has a slot and the gate opens soon, this waits until
 * the gate is open.
 *
 * @returns undefined if the order may be posted.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, LEDGER_MALFORMED.
 */
export async function waitAtGate(claim: Claim, work: OrderWork): Promise<LedgerResult | undefined> {
  const { clock, sleep } = work;
  for (let known = work; ; known = withoutGate(work)) {
    const gateUntil = await gateNow(claim.order.tenant, known);
    if (gateUntil === undefined || gateUntil <= clock()) return undefined;
    if (!isWaitedFor(gateUntil, claim, work)) return leaveWaiting(claim, SHUT, gateUntil, work);
    await sleep(gateUntil - clock());
  }
}

const SHUT = {
  code: 'QLIK_RATE_LIMITED',
  message: 'The tenant’s rate limit is spent, or others wait for it longer',
};

/** The same work without what it knows of the gate. So the gate is read before the next POST. */
export const withoutGate = (work: OrderWork): OrderWork => ({ ...work, gateReadAt: 0 as EpochMs });

/**
 * Whether this activation itself waits until an instant of the store's clock, before it posts its order. It does so if
 * the order has a slot, if it claimed the order less than 10 s (`slotPatience`) before that instant, and if there is
 * time for a POST afterwards.
 */
export function isWaitedFor(until: EpochMs, { at }: Claim, work: OrderWork): boolean {
  const { hasSlot, times, clock, deadline } = work;
  if (!hasSlot || until > addMs(at, times.slotPatience)) return false;
  return callTimeout({ ...work, deadline: addMs(deadline, (clock() - until) as DurationMs) }) !== undefined;
}

/**
 * Until when the tenant's gate is shut for this order; undefined if it is open. The gate is also shut for orders
 * without a slot while other orders have slots. If what the work knows of the gate is older than 10 s, this reads the
 * gate again.
 */
async function gateNow(tenant: TenantName, work: OrderWork): Promise<EpochMs | undefined> {
  const { gateUntil, gateReadAt, hasSlot, clock, times, patientStore, log } = work;
  if (clock() <= addMs(gateReadAt, times.gateFresh)) return gateUntil;
  const gate = readOrLog(await patientStore.get(gateId(tenant)), readGate, log);
  return gateUntilOf(gate, { hasSlot, now: clock() });
}
