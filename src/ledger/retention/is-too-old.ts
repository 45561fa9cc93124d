import { type DurationMs, days, type EpochMs } from '../../core/units.ts';

/**
 * Whether a reload ended too long ago for anything to follow its end.
 *
 * A purge removes an event (the document of one end) once it has been done for `retention`. If the end is at least a
 * day younger than that, its event was surely not removed yet. If the end is older, nobody can know whether something
 * has followed it already.
 *
 * @param now - by the store's clock.
 * @param retention - RETENTION_DAYS of the deployed actions; at least two days.
 */
export const isTooOld = (endedAt: EpochMs, now: EpochMs, retention: DurationMs): boolean =>
  endedAt < now - (retention - days(1));
