/*
 * The action `metrics` prints numbers about each app for Prometheus. OpenWhisk limits the bytes of an answer. If there
 * are too many apps for one answer, a reader asks for parts: `?parts=3&part=1`, for example. This file reads that, and
 * says which app is in which part.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import type { AppId } from '../../src/core/names.ts';

/** Which share of the apps a reader asks for: part 1 to `parts`. */
export interface AppsPart {
  readonly part: number;
  readonly parts: number;
}

/** A part has room for 700 apps or more (`inOneAnswer`), so this is enough for 70,000 apps. */
export const MOST_PARTS = 100;

/**
 * Reads `__ow_query`: `parts` (1 to 100, default 1) and `part` (1 to `parts`, default 1).
 *
 * @throws CascadeError PARAMETERS_INVALID.
 */
export function partAsked(owQuery: unknown): AppsPart {
  const query = new URLSearchParams(typeof owQuery === 'string' ? owQuery : '');
  const parts = wholeNumber(query, 'parts', MOST_PARTS);
  return { parts, part: wholeNumber(query, 'part', parts) };
}

function wholeNumber(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name) ?? '1';
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new CascadeError('PARAMETERS_INVALID', `The parameter "${name}" has to be a whole number from 1 to ${most}.`);
}

/**
 * Whether an app is in a part. For the same number of parts an app stays in its part, whatever other apps there are.
 */
export function isInPart(appId: AppId, { part, parts }: AppsPart): boolean {
  // The hash function FNV-1a, 32 bits: short, and spread evenly over the parts.
  let hash = 0x811c9dc5;
  for (let index = 0; index < appId.length; index += 1) {
    hash = Math.imul(hash ^ appId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return (hash % parts) + 1 === part;
}
