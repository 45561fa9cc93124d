/** An instant: milliseconds since the Unix epoch, UTC. */
export type EpochMs = number & { readonly unit: 'EpochMs' };

/** A length of time in milliseconds. */
export type DurationMs = number & { readonly unit: 'DurationMs' };

/** The instant `duration` after `instant`. */
export const addMs = (instant: EpochMs, duration: DurationMs): EpochMs => (instant + duration) as EpochMs;

/** Minutes as a `DurationMs`. */
export const minutes = (count: number): DurationMs => (count * 60_000) as DurationMs;

/** Seconds as a `DurationMs`. */
export const seconds = (count: number): DurationMs => (count * 1_000) as DurationMs;
