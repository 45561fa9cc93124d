/*
 * Changes what Cascade has learned about a tenant of Qlik's, in the document `gate:<tenant>`. If the tenant's rate
 * limit is spent, orders (reloads that Cascade owes) must wait, and must not start all at once afterwards. The fields
 * are:
 *
 * - `until`: until when the rate limit is spent. Until then the gate is shut: the orders of this tenant wait.
 * - `lastSlot`: the last slot that was given. A slot is the instant at which one waiting order may start.
 * - `echoes`: whether the tenant's records of reloads show the `resourceId` that Cascade sent, by which it recognises
 *   its own reloads.
 * - `echoesAt`: the tenant's address when Cascade learned that.
 */

import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../core/defined-fields.ts';
import { gateId } from '../core/document-ids.ts';
import type { TenantName } from '../core/names.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { changeDocument } from './change-document.ts';
import { echoOf, type GateDocument, readGate } from './documents/gate.ts';
import type { LedgerLog } from './ledger-log.ts';

type Facts = Pick<GateDocument, 'until' | 'lastSlot' | 'echoes' | 'echoesAt'>;

/**
 * Changes some facts in a tenant's document `gate` and keeps the others. If the document is malformed, it is replaced.
 * This never throws: if the store fails, it logs a warning.
 *
 * @param change - returns the new facts, or undefined to write nothing. After a conflict it is called again.
 * @returns true if the result of the last `change` is stored, or if that had nothing to write.
 */
async function changeGate(
  tenant: TenantName,
  change: (known: Facts) => Facts | undefined,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<boolean> {
  try {
    const isChanged = await changeDocument(gateId(tenant), store, (found) => {
      const { until, lastSlot, echoes, echoesAt }: Facts = readOrLog(found, readGate, log) ?? {};
      const known = definedFields({ until, lastSlot, echoes, echoesAt });
      const changed = change(known);
      return { result: true, ...(changed && { write: { schema: 1, type: 'gate', ...known, ...changed } }) };
    });
    return isChanged === true;
  } catch (error) {
    log.warn('The gate could not be changed', { tenant, why: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

/**
 * Shuts a tenant's gate until an instant of the store's clock. The action `reload` does this if Qlik refuses a POST
 * because the rate limit is spent. If the gate is shut for longer already, nothing changes.
 *
 * This never throws. If CouchDB fails, the gate may stay open. The next POST that Qlik refuses then shuts it.
 *
 * @returns until when the caller should wait: `until`, or the later instant until which the gate was shut already.
 */
export async function shutGate(
  tenant: TenantName,
  until: EpochMs,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<EpochMs> {
  let shutUntil = until;
  const change = ({ until: known }: Facts) => {
    if (known === undefined || known < until) return { until };
    shutUntil = known;
    return undefined;
  };
  await changeGate(tenant, change, store, log);
  return shutUntil;
}

/**
 * For how many waiting orders slots are wanted, and between which instants of the store's clock. A slot is the instant
 * at which one order may start.
 */
export interface WantedSlots {
  readonly waiting: number;
  /** The first slot is at least one `spacing` later than this. */
  readonly after: EpochMs;
  /** The last instant for a slot. */
  readonly until: EpochMs;
  /** The time between two slots. */
  readonly spacing: DurationMs;
}

/** The slots of a tenant's waiting orders. */
export interface TakenSlots {
  /** How many slots of earlier sweeps are still to come. They belong to the orders that have waited longest. */
  readonly before: number;
  /** The slots of the next orders, the earliest first. */
  readonly slots: readonly EpochMs[];
}

/**
 * Takes the next free slots of a tenant for the orders that wait there. The sweep (it runs every 5 minutes) does this.
 * If two sweeps do so at once, each slot is still given once: the write of the gate names the rev (CouchDB's name of a
 * version) that was read.
 *
 * This never throws. An order without a slot stays due, and a later sweep takes one for it.
 */
export async function takeSlots(
  tenant: TenantName,
  { waiting, after, until, spacing }: WantedSlots,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<TakenSlots> {
  let taken: TakenSlots = { before: 0, slots: [] };
  const change = (gate: Facts): Facts | undefined => {
    const opensAt = Math.max(after, gate.until ?? 0);
    const lastGiven = gate.lastSlot ?? 0;
    const before = Math.max(0, Math.ceil((lastGiven - opensAt) / spacing));
    const first = Math.max(opensAt, lastGiven) + spacing;
    const room = Math.floor((until - first) / spacing) + 1;
    // The first `before` of the waiting orders have slots already.
    const count = Math.max(0, Math.min(waiting - before, room));
    taken = { before, slots: Array.from({ length: count }, (_, index) => (first + index * spacing) as EpochMs) };
    const lastSlot = taken.slots.at(-1);
    return lastSlot === undefined ? undefined : { lastSlot };
  };
  return (await changeGate(tenant, change, store, log)) ? taken : { before: 0, slots: [] };
}

/** What a tenant's record of one reload shows. */
export interface Echo {
  /** Whether the record had our `resourceId`. */
  readonly echoes: boolean;
  /** The address of the tenant that showed it. */
  readonly at: string;
}

/**
 * Stores whether a tenant's reload records have the `resourceId` that Cascade sent. If one record had it, the answer
 * stays yes as long as the tenant keeps its address.
 *
 * This never throws. If the store fails, Cascade learns the answer later.
 */
export async function noteEcho(
  tenant: TenantName,
  { echoes, at }: Echo,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<void> {
  const change = (gate: Facts): Facts | undefined => {
    const known = echoOf(gate, at);
    return known === true || known === echoes ? undefined : { echoes, echoesAt: at };
  };
  await changeGate(tenant, change, store, log);
}
