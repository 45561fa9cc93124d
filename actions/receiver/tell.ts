import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { ENGINE_ATTEMPT, normaliseEvent, RELOAD_FINISHED, type Told } from '../../src/core/webhook/normalise-event.ts';
import type { Authentic, Read, ReceiverPorts } from './read-request.ts';

/** What a body tells where there is a ledger. */
export type ToldToLedger =
  | Told
  /** An engine attempt, or the paper's form: nothing is decided on it. `told` is the last part of the hint's id. */
  | { readonly kind: 'hint'; readonly attempt: ReloadFinished; readonly reloadId?: string };

/**
 * Sorts what an authentic body tells: only Qlik's final event is one; what tells less is a hint, whatever RELOAD_EVENT says.
 *
 * @throws CascadeError EVENT_MALFORMED.
 */
export function tell({ tenant }: Authentic, { json, envelope }: Read, ports: ReceiverPorts): ToldToLedger {
  const isFinal = envelope.type === RELOAD_FINISHED;
  const { receivedAt, activationId } = ports;
  const countedType = isFinal ? RELOAD_FINISHED : ENGINE_ATTEMPT;
  const told = normaliseEvent(json, { tenant: tenant.name, receivedAt, activationId, countedType });
  if (told.kind === 'ignored' || isFinal) return told;
  const attempt = told.event;
  return envelope.type === ENGINE_ATTEMPT
    ? { kind: 'hint', attempt, reloadId: attempt.reloadId }
    : { kind: 'hint', attempt };
}
