/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Entities such as actions and packages have parameters and annotations. This file reads them from a request,
 * and combines them as OpenWhisk does.
 */

import { malformed, tooLarge } from '../answer.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { Entry } from './types.ts';

/**
 * Reads `[{ key, value }]` from a field of a body. Undefined if the body does not have the field.
 *
 * @throws HostError 400 for another shape, 413 above 1 MB.
 */
function readEntries(content: HostObject, field: 'parameters' | 'annotations'): readonly Entry[] | undefined {
  const value = content[field];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw malformed(`${field} malformed`);
  // If two entries have the same key, the last one counts.
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

/**
 * The parameters after a PUT: those of the body; if the body has none, the parameters as they were.
 *
 * @throws HostError 400 for another shape, 413 above 1 MB.
 */
export const readParameters = (content: HostObject, previous?: { parameters: readonly Entry[] }): readonly Entry[] =>
  readEntries(content, 'parameters') ?? previous?.parameters ?? [];

/**
 * The annotations after a PUT. The entity keeps its annotations, but an annotation of the body replaces the one with
 * the same key. The body's `delAnnotations` removes annotations.
 *
 * @throws HostError 400 for another shape, 413 above 1 MB.
 */
export function mergeAnnotations(previous: readonly Entry[], content: HostObject): readonly Entry[] {
  const removed = Array.isArray(content['delAnnotations']) ? content['delAnnotations'] : [];
  const kept = previous.filter(({ key }) => !removed.includes(key));
  return overlay(kept, readEntries(content, 'annotations') ?? []);
}

/** All entries of both lists. If both have a key, the entry of `upper` counts. */
export function overlay(lower: readonly Entry[], upper: readonly Entry[]): readonly Entry[] {
  const keys = new Set(upper.map(({ key }) => key));
  return [...lower.filter(({ key }) => !keys.has(key)), ...upper];
}
