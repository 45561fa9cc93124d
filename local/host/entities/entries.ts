import { malformed, tooLarge } from '../answer.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { Entry } from './types.ts';

/**
 * Reads `[{ key, value }]` from a field of a body; undefined if absent.
 *
 * @throws HostError 400 for another shape, 413 above 1 MB.
 */
function readEntries(content: HostObject, field: 'parameters' | 'annotations'): readonly Entry[] | undefined {
  const value = content[field];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw malformed(`${field} malformed`);
  // Of two entries with one key the last counts.
  const entries = [
    ...new Map(value.map((item: Json) => readEntry(item, field)).map((entry) => [entry.key, entry])).values(),
  ];
  const bytes = entries.reduce((sum, { key, value }) => sum + Buffer.byteLength(key + JSON.stringify(value)), 0);
  if (bytes > MAX_PAYLOAD_BYTES) throw tooLarge(bytes, MAX_PAYLOAD_BYTES, field);
  return entries;
}

function readEntry(item: Json, field: string): Entry {
  if (!isHostObject(item) || typeof item['key'] !== 'string') throw malformed(`${field} malformed`);
  const entry = { key: item['key'], value: item['value'] ?? null };
  return item['init'] === true ? { ...entry, init: true } : entry;
}

/** The parameters after a PUT: those of the body, or if it has none those of before. @throws HostError 400, 413 */
export const readParameters = (content: HostObject, previous?: { parameters: readonly Entry[] }): readonly Entry[] =>
  readEntries(content, 'parameters') ?? previous?.parameters ?? [];

/**
 * The annotations after a PUT: new ones replace old ones of the same key, and `delAnnotations` removes some.
 *
 * @throws HostError 400, 413
 */
export function mergeAnnotations(previous: readonly Entry[], content: HostObject): readonly Entry[] {
  const removed = Array.isArray(content['delAnnotations']) ? content['delAnnotations'] : [];
  const kept = previous.filter(({ key }) => !removed.includes(key));
  return overlay(kept, readEntries(content, 'annotations') ?? []);
}

/** All entries of both; an entry of `upper` replaces that of `lower` with the same key. */
export function overlay(lower: readonly Entry[], upper: readonly Entry[]): readonly Entry[] {
  const keys = new Set(upper.map(({ key }) => key));
  return [...lower.filter(({ key }) => !keys.has(key)), ...upper];
}
