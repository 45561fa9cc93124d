import { findAction } from '../entities/find-action.ts';
import { notFound, reservedParameters } from '../errors.ts';
import type { Host } from '../host.ts';
import type { JsonObject } from '../json.ts';
import type { Invocation } from './invocation.ts';
import { invoke } from './invoke.ts';
import { breaksFinal } from './parameters.ts';

/** Starts the action or sequence of that key. @throws WireError 404, or 400 when `payload` names a final parameter. */
export function startAction(host: Host, key: string, payload: JsonObject, transactionId: string): Invocation {
  const action = findAction(host.entities, key);
  if (action === undefined) throw notFound();
  if (breaksFinal(action, payload, host.entities)) throw reservedParameters();
  return invoke(host, action, payload, { transactionId });
}
