/*
 * Types for times. An instant, a length of time and any other number have different types, so that TypeScript finds it
 * if one stands for the other, or if seconds stand for milliseconds.
 */

/** An instant: milliseconds since the Unix epoch, UTC. */
export type EpochMs = number & { readonly unit: 'EpochMs' };

/** A length of time in milliseconds. */
export type DurationMs = number & { readonly unit: 'DurationMs' };

/** The instant `duration` after `instant`. */
export const addMs = (instant: EpochMs, duration: DurationMs): EpochMs => (instant + duration) as EpochMs;

/** The last instant that a JavaScript date can have. Printing a later one would throw. */
const LATEST_MS = 8_640_000_000_000_000;

/** Whether a value is an instant in milliseconds since 1970. */
export const isInstant = (value: unknown): value is EpochMs =>
  typeof value === 'number' && value >= 0 && value <= LATEST_MS;

/** The instant that a date's text names, such as ISO 8601 or an HTTP date; undefined if JavaScript cannot parse it. */
export function instantIn(text: string | null | undefined): EpochMs | undefined {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? undefined : (instant as EpochMs);
}

/** Minutes as a `DurationMs`. */
export const minutes = (count: number): DurationMs => (count * 60_000) as DurationMs;

/** Seconds as a `DurationMs`. */
export const seconds = (count: number): DurationMs => (count * 1_000) as DurationMs;

/** Days of 24 hours as a `DurationMs`. */
export const days = (count: number): DurationMs => (count * 86_400_000) as DurationMs;
