import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import type { AppId } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument, CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import type { Listed } from './list-back.ts';

/**
 * An end may be told that much after the tenant's clock of a moment ago, or after the store's where the tenant tells none;
 * later ones are nonsense, and move nothing.
 */
const AHEAD_MS = 60_000;

/** The first end of an app that counts: what ended before is known, or history. Ends may be listed late: the overlap. */
export function countsFrom(
  { t, from, fresh, behind }: CheckpointDocument,
  appId: AppId,
  { overlap }: TimeConstants,
): EpochMs {
  return Math.max((behind?.[appId]?.t ?? t) - overlap, from, fresh?.[appId] ?? from) as EpochMs;
}

/** How far back the list of a whole tenant has to go: as far as the app that is the furthest behind. */
export function wholeFrom({ t, from, behind = {} }: CheckpointDocument, { overlap }: TimeConstants): EpochMs {
  const furthest = Math.min(t, ...Object.values(behind).map((app) => app.t));
  return Math.max(furthest - overlap, from) as EpochMs;
}

/** The greatest end in a list that the clock has reached; undefined if there is none. */
export function greatestEnd(reloads: readonly ReloadRecord[], now: EpochMs): EpochMs | undefined {
  const latest = now + AHEAD_MS;
  const ends = reloads.flatMap(({ endedAt }) => (endedAt !== undefined && endedAt <= latest ? endedAt : []));
  return ends.length === 0 ? undefined : (Math.max(...ends) as EpochMs);
}

/**
 * Until when every end is known once this list was read to its end: the greatest one of the part that was read first.
 *
 * @param known - until when all was known before.
 * @param gap - what the list went on from, if it did.
 * @param storeNow - the store's clock, for a tenant that tells none.
 */
export function headOf(list: Listed, known: EpochMs, gap: CheckpointGap | undefined, storeNow: EpochMs): EpochMs {
  if (!list.isFromHead && gap !== undefined) return gap.head;
  return Math.max(known, greatestEnd(list.reloads, list.tenantNow ?? storeNow) ?? known) as EpochMs;
}
