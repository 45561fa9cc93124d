/*
 * Every 5 minutes the sweep lists the reloads that ended in a tenant since its checkpoint: the instant `t` up to which
 * the sweep has seen the ends. This file says how far back the sweep lists, and how far the checkpoint moves on. If it
 * moved too far, a lost webhook would stay unnoticed.
 *
 * An app is behind if its ends are not known up to `t` (`behind`). A gap is the place at which the reading of a long
 * list stopped.
 */

import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import type { AppId } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument, CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import type { Listed } from './list-back.ts';

/**
 * The most by which an end may be ahead of the tenant's clock, in milliseconds. An end further ahead cannot be right,
 * so the checkpoint does not move on to it.
 */
const AHEAD_MS = 60_000;

/**
 * The instant from which on an app's ends count. Earlier ends were seen by an earlier sweep, or they must start
 * nothing: they ended before the first sweep, or before the app came into the chains. Qlik may list an end late, so
 * ends of the last 15 minutes before the checkpoint (the overlap) count, too.
 */
export function countsFrom(
  { t, from, fresh, behind }: CheckpointDocument,
  appId: AppId,
  { overlap }: TimeConstants,
): EpochMs {
  return Math.max((behind?.[appId]?.t ?? t) - overlap, from, fresh?.[appId] ?? from) as EpochMs;
}

/**
 * How far back the list of a whole tenant has to go: to the app that is furthest behind, minus the overlap, but not
 * before the first sweep (`from`).
 */
export function wholeFrom({ t, from, behind = {} }: CheckpointDocument, { overlap }: TimeConstants): EpochMs {
  const furthest = Math.min(t, ...Object.values(behind).map((app) => app.t));
  return Math.max(furthest - overlap, from) as EpochMs;
}

/** The latest end that is at most a minute ahead of `now`; undefined if there is none. */
export function greatestEnd(reloads: readonly ReloadRecord[], now: EpochMs): EpochMs | undefined {
  const latest = now + AHEAD_MS;
  const ends = reloads.flatMap(({ endedAt }) => (endedAt !== undefined && endedAt <= latest ? endedAt : []));
  return ends.length === 0 ? undefined : (Math.max(...ends) as EpochMs);
}

/**
 * The head of a list: its latest end. Once the list is read completely, the checkpoint moves there. A long list is read
 * in several sweeps. Only the first of them sees the head, so the gap stores it.
 *
 * @param known - the instant up to which the ends were known before this list. The result is not earlier.
 * @param gap - where an earlier sweep stopped; undefined if none did.
 * @param storeNow - the store's clock, for a tenant whose answers have no `Date`.
 */
export function headOf(list: Listed, known: EpochMs, gap: CheckpointGap | undefined, storeNow: EpochMs): EpochMs {
  if (!list.isFromHead && gap !== undefined) return gap.head;
  return Math.max(known, greatestEnd(list.reloads, list.tenantNow ?? storeNow) ?? known) as EpochMs;
}
