import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import { forbidden } from '../entities/names.ts';
import { SYSTEM_NAMESPACE } from '../entities/store.ts';
import { serveCollection } from './collections.ts';

/** `whisk.system` for everybody who has a key: its packages and actions may be read, and the actions invoked. */
export function serveSystem(call: Call, segments: readonly string[]): Promise<Answer> {
  const [collection = ''] = segments;
  const isRead = ['packages', 'actions'].includes(collection) && call.method === 'GET';
  const isInvoke = collection === 'actions' && call.method === 'POST';
  if (!isRead && !isInvoke) throw forbidden(SYSTEM_NAMESPACE);
  const { host } = call;
  return serveCollection({ ...call, host: { ...host, entities: host.entities.system } }, segments);
}
