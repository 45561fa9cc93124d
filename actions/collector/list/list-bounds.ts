import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import type { AppId } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument, CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import type { Listed } from './list-back.ts';

/**
 * An end may be that much later than the clock: the tenant's, read a moment ago, or the store's if the tenant has none. A
 * later end is wrong, and moves nothing.
 */
const AHEAD_MS = 60_000;

/** From when on an app's ends count. Earlier ones are known, or history. The overlap is for ends that are listed late. */
export function countsFrom(
  { t, from, fresh, behind }: CheckpointDocument,
  appId: AppId,
  { overlap }: TimeConstants,
): EpochMs {
  return Math.max((behind?.[appId]?.t ?? t) - overlap, from, fresh?.[appId] ?? from) as EpochMs;
}

/** How far back the list of a whole tenant has to go: to the app that is the furthest behind. */
export function wholeFrom({ t, from, behind = {} }: CheckpointDocument, { overlap }: TimeConstants): EpochMs {
  const furthest = Math.min(t, ...Object.values(behind).map((app) => app.t));
  return Math.max(furthest - overlap, from) as EpochMs;
}

/** The latest end that is not in the future; undefined if there is none. */
export function greatestEnd(reloads: readonly ReloadRecord[], now: EpochMs): EpochMs | undefined {
  const latest = now + AHEAD_MS;
  const ends = reloads.flatMap(({ endedAt }) => (endedAt !== undefined && endedAt <= latest ? endedAt : []));
  return ends.length === 0 ? undefined : (Math.max(...ends) as EpochMs);
}

/**
 * Until when every end is known once this list is read to its end: until the latest end of the part that was read first.
 *
 * @param known - until when every end was known before.
 * @param gap - the place from which the list went on, if it did.
 * @param storeNow - the store's clock, for a tenant without a clock.
 */
export function headOf(list: Listed, known: EpochMs, gap: CheckpointGap | undefined, storeNow: EpochMs): EpochMs {
  if (!list.isFromHead && gap !== undefined) return gap.head;
  return Math.max(known, greatestEnd(list.reloads, list.tenantNow ?? storeNow) ?? known) as EpochMs;
}
