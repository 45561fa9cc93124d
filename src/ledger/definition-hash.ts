import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import type { CompiledChains } from '../core/link.ts';

/**
 * Names compiled chains by their content: 16 hex digits of the SHA-256 of their canonical JSON (the keys of each object
 * are sorted). An event or order names the chains by which Cascade decided, so that `cascade why` can explain it.
 */
export const definitionHash = (chains: CompiledChains): string =>
  createHash('sha256').update(canonicalJson(chains)).digest('hex').slice(0, 16);
