import type { NewDocument } from '../clients/couchdb/couchdb-port.ts';
import { hintId } from '../core/document-ids.ts';
import type { AppRef } from '../core/names.ts';
import { addMs } from '../core/units.ts';
import type { ToldAttempt } from './documents/hint-document.ts';
import type { Teller } from './new-event.ts';

/**
 * A hint's document as its receiver puts it: due until it is settled.
 *
 * @param told - the engine's reload id, or `x.<activation id>` where none was told.
 */
export const newHint = (
  { tenant, appId }: AppRef,
  told: string,
  attempt: ToldAttempt,
  { traceId, now, times, heardFrom }: Omit<Teller, 'source'>,
): NewDocument => ({
  _id: hintId(tenant, told),
  schema: 1,
  type: 'hint',
  tenant,
  appId,
  told: attempt,
  traceId,
  storedAt: now,
  ...(heardFrom !== undefined && { heardFrom }),
  dueAt: addMs(now, times.unresolved),
});
