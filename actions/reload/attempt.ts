import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { gateId, tenantId } from '../../src/core/document-ids.ts';
import type { OrderId, TenantName } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { alertMovedTenant, alertUnknownTenant, boundTenant, movedMessage } from '../../src/ledger/bound-tenant.ts';
import { echoOf, readGate } from '../../src/ledger/documents/gate.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { MoveTimes } from '../../src/ledger/move-order.ts';
import { type PatientStore, patient } from '../../src/ledger/patient-store.ts';

/** What `reload` with a ledger needs from the world. */
export interface ReloadOrderPorts {
  readonly store: CouchPort;
  /** @throws CascadeError SETTINGS_INVALID for a tenant that the settings do not know. */
  readonly qlikOf: (
    tenant: TenantName,
  ) => Pick<QlikPort, 'startReload' | 'listReloads' | 'listEnded' | 'ownUserId' | 'getReload' | 'cancelReload'>;
  /** Where the settings say that a tenant is; undefined for one that they do not know. */
  readonly addressOf: (tenant: TenantName) => string | undefined;
  readonly times: TimeConstants;
  /** When this run has to be over, by `now`. */
  readonly deadline: EpochMs;
  /** The container's clock: a stopwatch until the deadline, and nothing else. */
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
  readonly log: LedgerLog;
  /** The activation's id. */
  readonly owner: string;
  /** Of one app, where hops cannot be counted. */
  readonly maxStartsPerHour: number;
}

/** What stays the same while one order is taken up. */
export interface Attempt extends ReloadOrderPorts {
  /** The store, asked again while it does not answer and the run's time allows. */
  readonly patientStore: PatientStore;
  readonly traceId: string;
  readonly qlik: ReturnType<ReloadOrderPorts['qlikOf']>;
  /** The store's clock. */
  readonly clock: () => EpochMs;
  /** Until when the tenant takes no reload, by the store's clock. */
  readonly gateUntil?: EpochMs | undefined;
  /** Whether the tenant's records give our `resourceId` back; absent if nobody knows. */
  readonly echoes?: boolean | undefined;
}

/** An order as it was found, and the run that takes it up. */
export interface Opened {
  readonly order: OrderDocument;
  readonly attempt: Attempt;
}

/** A read is repeated so often: the order is due anyway. */
const READS = 3;

/**
 * Finds the order: a request that just created it carries it, any other reads it together with its tenant's gate and address.
 *
 * @throws CascadeError PARAMETERS_INVALID for an order that is not in the ledger; SETTINGS_INVALID if its tenant is another
 *   one for the ledger than for our settings, or they do not know it: then the order is left as it is, due.
 */
export async function openOrder(request: CreatedRequest | DueRequest, ports: ReloadOrderPorts): Promise<Opened> {
  const { traceId } = request;
  if ('created' in request) {
    const { created, storeNow, gateUntil, echoes, tenantUrl } = request;
    await demandTenant(created.tenant, tenantUrl, { traceId, at: storeNow }, ports);
    return { order: created, attempt: attemptOf(created.tenant, traceId, ports, { gateUntil, echoes }, storeNow) };
  }
  const tenant = tenantOf(request.due);
  const ids = [request.due, gateId(tenant), tenantId(tenant)];
  const [found, gate, bound] = await patient(ports.store, ports, READS).many(ids);
  if (found === undefined) throw unknownOrder(request.due);
  const at = ports.store.now() ?? ports.now();
  await demandTenant(tenant, boundTenant(bound, ports.log)?.url, { traceId, at }, ports);
  const known = readOrLog(gate, readGate, ports.log);
  const [gateUntil, echoes] = [known?.until, echoOf(known, ports.addressOf(tenant))];
  return { order: readOrder(found), attempt: attemptOf(tenant, traceId, ports, { gateUntil, echoes }) };
}

/** As `demandBound`; also alerts people to a tenant that our settings do not know. @throws CascadeError SETTINGS_INVALID. */
async function demandTenant(
  tenant: TenantName,
  bound: string | undefined,
  when: { readonly traceId: string; readonly at: EpochMs },
  ports: ReloadOrderPorts,
): Promise<void> {
  if (ports.addressOf(tenant) === undefined) await alertUnknownTenant(tenant, ports.store, when, ports.log);
  await demandBound(tenant, bound, when, ports);
}

function attemptOf(
  tenant: TenantName,
  traceId: string,
  ports: ReloadOrderPorts,
  known: Pick<Attempt, 'gateUntil' | 'echoes'>,
  storeNow?: EpochMs,
): Attempt {
  const clock = (): EpochMs => {
    const now = ports.store.now() ?? storeNow;
    if (now !== undefined) return now;
    throw new CascadeError('STORE_UNAVAILABLE', 'CouchDB answers without a Date: nothing can be leased by its clock.');
  };
  return { ...ports, patientStore: patient(ports.store, ports), traceId, qlik: ports.qlikOf(tenant), clock, ...known };
}

/** `order:<tenant>:…` */
const tenantOf = (order: OrderId): TenantName => (order.split(':')[1] ?? '') as TenantName;

const unknownOrder = (order: OrderId): CascadeError =>
  new CascadeError(
    'PARAMETERS_INVALID',
    `The ledger has no order ${order}: it was never there, or somebody deleted it.`,
  );

/** What a move of an order needs to know of time. */
export const whenOf = ({ clock, times }: Attempt, until?: EpochMs): MoveTimes => ({
  at: clock(),
  times,
  ...(until !== undefined && { until }),
});

const CALL_TIMEOUT_MS = 25_000;
/** Kept for writing down what a call came to. */
const RESERVE_MS = 20_000;
/** Less time than this for a call of Qlik's only makes another doubt. */
const LEAST_CALL_MS = 5_000;

/** How long a call of Qlik's may take; undefined if it would be cut off by the end of the run. */
export function callTimeout({ deadline, now }: Attempt): DurationMs | undefined {
  const leftMs = Math.min(CALL_TIMEOUT_MS, deadline - now() - RESERVE_MS);
  return leftMs < LEAST_CALL_MS ? undefined : (leftMs as DurationMs);
}

/**
 * Makes sure that a tenant's name means the same to our settings and to the ledger: else we would take up another
 * deployment's orders, and start them in the wrong tenant.
 *
 * @param bound - its address by the ledger; undefined if no deployment has written it yet.
 * @throws CascadeError SETTINGS_INVALID if they disagree, with an alert. Nothing was changed.
 */
export async function demandBound(
  tenant: TenantName,
  bound: string | undefined,
  when: { readonly traceId: string; readonly at: EpochMs },
  { addressOf, store, log }: Pick<ReloadOrderPorts, 'addressOf' | 'store' | 'log'>,
): Promise<void> {
  const own = addressOf(tenant);
  if (own === undefined) return;
  if (bound === undefined) log.warn('The ledger does not say where this tenant is: deploy again', { tenant });
  if (bound === undefined || bound === own) return;
  const moved = { tenant, bound, own };
  await alertMovedTenant(moved, store, when, log);
  throw new CascadeError('SETTINGS_INVALID', movedMessage(moved));
}
