import { createHash } from 'node:crypto';
import type { ReloadBody } from '../core/link.ts';

/**
 * Names the body of a reload (partial or not, variables, weight) by 16 hex digits. Bodies that mean the same to Qlik
 * have the same name: a default value may be left out, and the sequence of the variables does not matter. One reload
 * can serve two orders (reloads that Cascade owes) only if their bodies have the same name.
 */
export function bodyHash({ partial = false, variables = {}, weight = 1 }: ReloadBody): string {
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([partial, weight, sorted]))
    .digest('hex')
    .slice(0, 16);
}
