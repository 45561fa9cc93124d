/*
 * If a tenant's rate limit is spent, orders (reloads that Cascade owes) wait. If all of them started when the limit is
 * over, they would exceed it again. So the sweep, which runs every 5 minutes, gives them slots: a slot is the instant
 * at which one order may start. The invoker, the last step of the sweep, starts each order at its slot. This file does
 * that.
 *
 * A tenant's gate is the ledger's document that says until when the rate limit is spent. Until then the gate is shut.
 */

import type { Slot } from '../../src/contracts/batch.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { gateId } from '../../src/core/document-ids.ts';
import type { OrderId, TenantName } from '../../src/core/names.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { readGate } from '../../src/ledger/documents/gate.ts';
import { type PatientStore, patient } from '../../src/ledger/patient-store.ts';
import type { Log } from '../../src/platform/log.ts';
import { logPlacements } from './answer.ts';
import { type NoRoom, type Placement, startOne } from './fan-out.ts';
import { handOn } from './hand-on.ts';
import type { FanOutPorts } from './invoke-in-time.ts';
import { untilNextMinuteMs } from './minute-budget.ts';
import type { InvokerLedger } from './store-plan.ts';
import { callOf, slotTarget, type Target } from './targets.ts';

/** What `fireSlots` needs. */
export interface SlotPorts extends FanOutPorts {
  readonly log: Log;
}

/**
 * Invokes `reload` for each order when its slot comes.
 *
 * A slot may be five minutes ahead, but an activation may take two minutes only. So this activation takes the slots of
 * this minute. It hands the later slots, and those that found no room, to another activation, which does the same in
 * the next minute.
 *
 * If CouchDB or the host fails, this throws no CascadeError: an order that is not started stays due, and a later sweep
 * gives it another slot.
 */
export async function fireSlots(plan: Plan, { store, times }: InvokerLedger, ports: SlotPorts): Promise<void> {
  const { slots = [], traceId } = plan;
  if (slots.length === 0) return;
  // This activation works until this minute ends. If less than 5 s (`SHORTEST`) is left of it, it works until the next
  // minute ends: then the instant 5 s ahead lies in that minute.
  const inMinute = addMs(ports.now(), SHORTEST);
  const until = addMs(inMinute, untilNextMinuteMs(inMinute) as DurationMs);
  const open = await stillOpen(slots, until, { store: patient(store, ports, READ_TRIES), times }, ports);
  // Slots are instants of the store's clock. This activation waits by the clock of the machine on which it runs.
  const storeAheadMs = (store.now() ?? ports.now()) - ports.now();
  for (let slot = open[0]; slot !== undefined; slot = open[0]) {
    const at = (slot.at - storeAheadMs) as EpochMs;
    if (Math.max(at, ports.now()) >= until || isMinuteSpent(ports)) break;
    await ports.sleep(Math.max(0, at - ports.now()));
    const fired = await fire(slotTarget(traceId, slot), ports);
    if (!('why' in fired)) {
      logPlacements([fired], ports.log);
      open.shift();
    } else if (fired.why !== 'too-many-concurrent') break;
    else await ports.sleep(PAUSE_MS);
  }
  if (open.length === 0) return;
  // The other activation must not begin much before this minute ends: it would find no slot of its own in this minute,
  // and would only hand the slots on again. If it begins a second before, it works in the next minute (`SHORTEST`).
  await ports.sleep(Math.max(0, until - ports.now() - HAND_ON_MS));
  const { source, receivedAt, carries = 0 } = plan;
  const rest = { traceId, source, receivedAt, orders: [], skips: [], ignored: [], slots: open };
  const untilThen = { ...ports, patientUntil: addMs(ports.now(), PATIENCE) };
  const handedOn = await handOn(open, { restOf: () => rest, handOvers: carries, willStartLater: true }, untilThen);
  ports.log.info('Later slots', { slots: open.length, isHandedOn: handedOn !== undefined });
}

/**
 * If less than this is left of the minute, the activation also takes the slots of the next minute: the short rest is
 * not worth an activation of its own.
 */
const SHORTEST = seconds(5);
/**
 * The later slots are handed on this long before the minute ends, because the next activation takes a moment to begin.
 */
const HAND_ON_MS = 1_000;
/** How often the gates are read if CouchDB gives no answer. */
const READ_TRIES = 3;
/** The pause before the next try, if the host runs as many activations as it allows. */
const PAUSE_MS = 500;
/** How long we try to hand the later slots on, if the host runs as many activations as it allows. */
const PATIENCE = seconds(10);

/**
 * Invokes `reload` for an order. If the host gives no answer, this invokes it once more. If the host took both, only
 * one of the two activations can claim the order, so its reload starts once.
 */
async function fire(target: Target, ports: SlotPorts): Promise<Placement<Target> | NoRoom<Target>> {
  const fired = await startOne(target, { callOf }, ports);
  const isUnanswered = !('why' in fired) && fired.kind === 'failed' && fired.code === 'OPENWHISK_UNREACHABLE';
  return isUnanswered ? startOne(target, { callOf }, ports) : fired;
}

/** Whether this container has used up the minute's invocations, except the reserve with which it hands slots on. */
const isMinuteSpent = ({ budget, limits }: FanOutPorts): boolean => budget.left(limits.invocationsPerMinute) === 0;

/**
 * The slots that are still valid, the earliest first. If Qlik has answered 429 since the sweep, the tenant's gate is
 * shut again. Then the slots are void that come 10 s (`slotPatience`) or more before the gate opens. For a shorter
 * time, `reload` waits by itself. If CouchDB cannot be read, only the slots before `minuteEnds` are void. The
 * activation of the next minute asks again.
 */
async function stillOpen(
  slots: readonly Slot[],
  minuteEnds: EpochMs,
  { store, times }: Pick<InvokerLedger, 'times'> & { readonly store: Pick<PatientStore, 'many'> },
  { log }: SlotPorts,
): Promise<Slot[]> {
  const tenants = [...new Set(slots.map(({ order }) => tenantOf(order)))];
  const sorted = [...slots].sort((a, b) => a.at - b.at);
  try {
    const found = await store.many(tenants.map(gateId));
    const until = new Map(tenants.map((tenant, index) => [tenant, readOrLog(found[index], readGate, log)?.until ?? 0]));
    return sorted.filter(({ order, at }) => addMs(at, times.slotPatience) > (until.get(tenantOf(order)) ?? 0));
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.warn(`The slots of this minute stay unused: ${error.message}`, { code: error.code });
    return sorted.filter(({ at }) => at >= minuteEnds);
  }
}

/** The id of an order begins with `order:<tenant>:`. */
const tenantOf = (order: OrderId): TenantName => (order.split(':')[1] ?? '') as TenantName;
