/** An instant: milliseconds since the Unix epoch, UTC. */
export type EpochMs = number & { readonly unit: 'EpochMs' };

/** A length of time in milliseconds. */
export type DurationMs = number & { readonly unit: 'DurationMs' };

/** The instant `duration` after `instant`. */
export const addMs = (instant: EpochMs, duration: DurationMs): EpochMs => (instant + duration) as EpochMs;

/** The instant that a date's text names, such as ISO 8601 or an HTTP date; undefined for any other text. */
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

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The length of time that a chain file writes as `30s`, `5m`, `6h` or `1d`; the schema takes nothing else. */
export const durationOf = (text: string): DurationMs =>
  (Number.parseInt(text, 10) * (UNITS[text.slice(-1)] ?? Number.NaN)) as DurationMs;
