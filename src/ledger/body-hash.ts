import { createHash } from 'node:crypto';
import type { ReloadBody } from '../core/link.ts';

/** A hash of a reload's body. Bodies that mean the same to Qlik have the same hash. */
export function bodyHash({ partial = false, variables = {}, weight = 1 }: ReloadBody): string {
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([partial, weight, sorted]))
    .digest('hex')
    .slice(0, 16);
}
