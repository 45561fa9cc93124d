import { isJsonObject } from '../json-fields.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import { ENGINE_ATTEMPT, normaliseEvent, RELOAD_FINISHED, type Received, type Told } from './normalise-event.ts';
import { readEnvelope } from './read-envelope.ts';

/** What a body tells where there is a ledger. */
export type ToldToLedger =
  | Told
  /** An engine attempt, or the paper's form: nothing is decided on it. `reloadId` is absent if none was told. */
  | { readonly kind: 'hint'; readonly attempt: ReloadFinished; readonly reloadId?: string };

/**
 * Sorts what an authentic body tells: only Qlik's final event is one; what tells less is a hint, whatever RELOAD_EVENT says.
 *
 * @throws CascadeError EVENT_MALFORMED, naming the field.
 */
export function tellLedger(body: unknown, delivery: Omit<Received, 'countedType'>): ToldToLedger {
  const type = isJsonObject(body) ? readEnvelope(body).type : undefined;
  const isFinal = type === RELOAD_FINISHED;
  const told = normaliseEvent(body, { ...delivery, countedType: isFinal ? RELOAD_FINISHED : ENGINE_ATTEMPT });
  if (told.kind === 'ignored' || isFinal) return told;
  const attempt = told.event;
  return { kind: 'hint', attempt, ...(type === ENGINE_ATTEMPT && { reloadId: attempt.reloadId }) };
}
