import { canonicalJson } from '../core/canonical-json.ts';
import type { CompiledChains } from '../core/link.ts';

/**
 * The most bytes of one part, about. A part is larger only if the links of a single app are. CouchDB takes documents of
 * up to 8,000,000 bytes, and Cascade reads at most 4 MiB (4,194,304 bytes) in one answer.
 */
const PART_BYTES = 1_000_000;

/**
 * Splits compiled chains into parts, each small enough for a document of CouchDB. Deployment stores them like this in
 * the ledger (Cascade's memory). Small chains are one part. The same chains give the same parts again, so a second
 * deployment of them finds its documents.
 */
export function splitDefinition(chains: CompiledChains, partBytes = PART_BYTES): readonly CompiledChains[] {
  const entries = [...entriesOf('apps', chains), ...entriesOf('links', chains)];
  const parts: { links: Record<string, unknown>; apps: Record<string, unknown> }[] = [{ links: {}, apps: {} }];
  let left = partBytes;
  for (const { field, key, value } of entries) {
    const size = Buffer.byteLength(canonicalJson({ [key]: value }));
    // An empty part (all of `partBytes` is left) takes any entry, however large.
    if (size > left && left < partBytes) {
      parts.push({ links: {}, apps: {} });
      left = partBytes;
    }
    const part = parts.at(-1);
    if (part !== undefined) part[field][key] = value;
    left -= size;
  }
  return parts as unknown as readonly CompiledChains[];
}

interface Entry {
  readonly field: keyof CompiledChains;
  readonly key: string;
  readonly value: unknown;
}

const entriesOf = (field: keyof CompiledChains, chains: CompiledChains): readonly Entry[] =>
  Object.entries(chains[field])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ field, key, value }));
