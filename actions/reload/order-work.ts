/*
 * An order is a reload that Cascade owes. One activation (a run) of the action `reload` works on one order. This file
 * begins that work: it reads the order, checks the order's tenant, and collects what the work needs: a clock, the store
 * and the Qlik client.
 *
 * The gate of a tenant says until when its rate limit is spent. A slot is the instant at which one waiting order may
 * start. A tenant echoes if its reload records have the `resourceId` that we sent.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { CreatedRequest, DueRequest, TenantFacts } from '../../src/contracts/order-request.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { gateId, tenantId } from '../../src/core/document-ids.ts';
import type { OrderId, TenantName } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { boundTenant, movedAlert, unknownAlert } from '../../src/ledger/bound-tenant.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { type LedgerPorts, storeTime } from '../../src/ledger/ledger-ports.ts';
import type { MoveTimes } from '../../src/ledger/move-order.ts';
import { type PatientStore, patient } from '../../src/ledger/patient-store.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { tenantFacts } from '../../src/ledger/tenant-facts.ts';

/**
 * What `reload` needs from the world if there is a ledger (Cascade's memory). `now` is the clock of this machine: it
 * measures how long things take, and replaces CouchDB's clock while that is unknown.
 */
export interface ReloadOrderPorts extends LedgerPorts {
  /**
   * Makes the Qlik client of a tenant.
   *
   * @throws CascadeError SETTINGS_INVALID for a tenant that is not in the settings.
   */
  readonly qlikOf: (
    tenant: TenantName,
  ) => Pick<QlikPort, 'startReload' | 'listReloads' | 'listEnded' | 'ownUserId' | 'getReload' | 'cancelReload'>;
  /** A tenant's address in the settings; undefined if the tenant is not in them. */
  readonly addressOf: (tenant: TenantName) => string | undefined;
  readonly times: TimeConstants;
  /**
   * A log whose lines have this trace id. A sweep starts orders of many ends, so the sweep's trace id would not lead
   * from an end to its reload.
   */
  readonly logOf: (traceId: string) => LedgerLog;
  /** The activation's id. */
  readonly owner: string;
  /**
   * The most starts of one app in an hour, for orders whose hops are unsure. Hops count the orders since the beginning
   * of a run (everything that followed from one ended reload).
   */
  readonly maxStartsPerHour: number;
}

/** What stays the same while this activation works on one order. */
export interface OrderWork extends ReloadOrderPorts {
  /** Until when the gate is shut for this order, as of `gateReadAt`; undefined if it is open. */
  readonly gateUntil: TenantFacts['gateUntil'] | undefined;
  /** The store's clock when the gate was read; the clock of this machine if no answer of CouchDB had a `Date`. */
  readonly gateReadAt: EpochMs;
  /** Whether the order's slot has come. Then the order does not wait for the orders with later slots. */
  readonly hasSlot: boolean;
  /** Whether the tenant echoes; undefined if nobody knows. */
  readonly echoes: TenantFacts['echoes'] | undefined;
  /** The store; it repeats a call while CouchDB does not answer and the activation has time. */
  readonly patientStore: PatientStore;
  readonly traceId: string;
  readonly qlik: ReturnType<ReloadOrderPorts['qlikOf']>;
  /**
   * CouchDB's clock. Before CouchDB's first answer with a `Date`, this is the time that came with the request.
   *
   * @throws CascadeError STORE_UNAVAILABLE if there is neither.
   */
  readonly clock: () => EpochMs;
}

/** An order as the ledger has it, and what the work on it needs. */
export interface Opened {
  readonly order: OrderDocument;
  readonly work: OrderWork;
}

/**
 * How often we try to read an order that is due. Then we give up: the order stays due, and the next sweep, within 5
 * minutes, starts `reload` for it again.
 */
const READ_TRIES = 3;

/**
 * Reads the order of a request, and what the ledger knows about the order's tenant. If the sender has just created the
 * order, the request contains both, and neither is read.
 *
 * @throws CascadeError PARAMETERS_INVALID if the ledger has no such order; LEDGER_MALFORMED if the order's document is
 *   malformed; SETTINGS_INVALID as `checkTenant`, or if the tenant is not in the settings; STORE_UNAVAILABLE,
 *   STORE_REFUSED. In all these cases the order stays as it is.
 */
export async function openOrder(request: CreatedRequest | DueRequest, ports: ReloadOrderPorts): Promise<Opened> {
  if ('created' in request) {
    const { traceId, created: order, storeNow } = request;
    await checkTenant(order.tenant, request.tenantUrl, { traceId, at: storeNow }, ports);
    return { order, work: workFor(order.tenant, ports, { ...request, gateReadAt: storeNow }, storeNow) };
  }
  const { due } = request;
  // The id of an order begins with `order:<tenant>:`.
  const tenant = (due.split(':')[1] ?? '') as TenantName;
  const ids = [due, ...factIds(tenant)];
  const [found, ...facts] = await patient(ports.store, ports, READ_TRIES).many(ids);
  if (found === undefined) throw unknownOrder(due);
  const order = readOrder(found);
  const { traceId } = order;
  const traced = { ...ports, log: ports.logOf(traceId) };
  const at = storeTime(ports);
  const hasSlot = request.hasSlot === true;
  const known = await readFacts(tenant, facts, { traceId, at, hasSlot }, traced);
  return { order, work: workFor(tenant, traced, { ...known, traceId, gateReadAt: at, hasSlot }) };
}

const unknownOrder = (order: OrderId): CascadeError =>
  new CascadeError('PARAMETERS_INVALID', `The ledger has no order ${order}: it never had it, or somebody deleted it.`);

function workFor(
  tenant: TenantName,
  ports: ReloadOrderPorts,
  {
    gateUntil,
    echoes,
    traceId,
    gateReadAt,
    hasSlot = false,
  }: TenantFacts & Pick<OrderWork, 'traceId' | 'gateReadAt'> & { readonly hasSlot?: boolean },
  storeNow?: EpochMs,
): OrderWork {
  const clock = (): EpochMs => {
    const now = ports.store.now() ?? storeNow;
    if (now !== undefined) return now;
    throw new CascadeError('STORE_UNAVAILABLE', 'CouchDB answers without a Date, so no lease can be set by its clock.');
  };
  const qlik = ports.qlikOf(tenant);
  return {
    ...ports,
    patientStore: patient(ports.store, ports),
    traceId,
    qlik,
    clock,
    gateUntil,
    gateReadAt,
    hasSlot,
    echoes,
  };
}

type FactPorts = Pick<ReloadOrderPorts, 'addressOf' | 'store' | 'log'>;
type When = { readonly traceId: string; readonly at: EpochMs; readonly hasSlot?: boolean };

/** The documents that `readFacts` needs, in this order. */
export const factIds = (tenant: TenantName): readonly string[] => [gateId(tenant), tenantId(tenant)];

/**
 * Checks the tenant (`checkTenant`), and returns what the ledger knows about it.
 *
 * @param when - `at` is the store's clock, or that of this machine if the store's is not known yet.
 * @throws CascadeError SETTINGS_INVALID as `checkTenant`.
 */
export async function readFacts(
  tenant: TenantName,
  [gate, bound]: readonly (StoredDocument | undefined)[],
  when: When,
  ports: FactPorts,
): Promise<TenantFacts> {
  const tenantUrl = boundTenant(bound, ports.log)?.url;
  await checkTenant(tenant, tenantUrl, when, ports);
  const { at: now, hasSlot = false } = when;
  return tenantFacts(gate, tenantUrl, { address: ports.addressOf(tenant), now, hasSlot, log: ports.log });
}

/**
 * Checks that a tenant has the same address in the settings and in the ledger. If the addresses differ, another
 * deployment may own the orders, and we would start them in the wrong tenant. If the settings do not have the tenant,
 * this only raises an alert; if the ledger does not have its address, this only logs a warning.
 *
 * @param bound - the tenant's address in the ledger; undefined if no deployment has written it.
 * @throws CascadeError SETTINGS_INVALID if the addresses differ. Before that, this raises an alert.
 */
async function checkTenant(
  tenant: TenantName,
  bound: string | undefined,
  when: When,
  { addressOf, store, log }: FactPorts,
): Promise<void> {
  const own = addressOf(tenant);
  if (own === undefined) {
    await raiseAlert(store, { ...unknownAlert(tenant), ...when }, log);
  } else if (bound === undefined) {
    log.warn('The ledger does not say where this tenant is: deploy again', { tenant });
  } else if (bound !== own) {
    const alert = movedAlert({ tenant, bound, own });
    await raiseAlert(store, { ...alert, ...when }, log);
    throw new CascadeError('SETTINGS_INVALID', alert.message);
  }
}

/**
 * The times that `moveOrder` needs to move an order to another state.
 *
 * @param until - when the order is due again, if it has to wait.
 */
export const whenOf = ({ clock, times }: OrderWork, until?: EpochMs): MoveTimes => ({
  at: clock(),
  times,
  ...(until !== undefined && { until }),
});

/**
 * The longest time of a call to Qlik. The action `reload` has 110 s, so after two calls without an answer there is
 * still time to store that.
 */
const CALL_TIMEOUT_MS = 25_000;
/** The time that is kept for storing the result of a call: two requests to the store, of 10 s each at most. */
const RESERVE_MS = 20_000;
/**
 * The least time for a call. A shorter call would probably end without an answer, and then nobody knows what Qlik did.
 */
const LEAST_CALL_MS = 5_000;

/** How long a call to Qlik may take; undefined if the activation has too little time left for it. */
export function callTimeout({ deadline, now }: OrderWork): DurationMs | undefined {
  const leftMs = Math.min(CALL_TIMEOUT_MS, deadline - now() - RESERVE_MS);
  return leftMs < LEAST_CALL_MS ? undefined : (leftMs as DurationMs);
}
