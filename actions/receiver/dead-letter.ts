import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { CascadeError } from '../../src/core/cascade-error.ts';
import { deadId } from '../../src/core/document-ids.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { Authentic } from './read-request.ts';

/**
 * The document of a body whose sender is a tenant of ours and that nobody understood: kept whole, to be replayed after a
 * fix. The same body of the same tenant is the same dead letter.
 */
export function deadLetter(
  { tenant, body }: Authentic,
  { code, message }: CascadeError,
  { traceId, now }: { readonly traceId: string; readonly now: EpochMs },
): NewDocument {
  const hash = createHash('sha256').update(`${tenant.name}\n`).update(body).digest('hex');
  const isText = isUtf8(body);
  return {
    _id: deadId(hash),
    schema: 1,
    type: 'dead',
    tenant: tenant.name,
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64: !isText,
    reason: { code, message },
    traceId,
    storedAt: now,
  };
}
