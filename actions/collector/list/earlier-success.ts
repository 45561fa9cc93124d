/*
 * A chain file may say by when an app must have been reloaded (`expected`). If that is new in the file, Cascade may not
 * know the app's earlier reloads, and could call the app late although it was reloaded in time. So the sweep, which
 * runs every 5 minutes, asks Qlik here.
 */

import type { AppRef } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type CollectorPorts, lastCall } from '../collector-ports.ts';
import { listBack } from './list-back.ts';
import { endsAmong } from './tenant-list.ts';

/**
 * Asks Qlik when the newest successful reload of an app ended. Cascade may not have heard of it: it may have been
 * before the first sweep, or before the app came into the chains.
 *
 * @param after - earlier ends do not matter, so the list may end there.
 * @returns the end; 0 if Qlik lists none; undefined if Qlik did not give the list as far back as `after`.
 */
export async function earlierSuccess(
  { tenant, appId }: AppRef,
  after: EpochMs = 0 as EpochMs,
  ports: CollectorPorts,
): Promise<EpochMs | undefined> {
  const list = await listBack(tenant, { appId, since: after }, { ...ports, until: lastCall(ports) });
  if (list.kind !== 'listed' || list.left !== undefined) return undefined;
  const successes = endsAmong(list.reloads, tenant, ports).filter(({ outcome }) => outcome === 'succeeded');
  return (successes.at(-1)?.endedAt ?? 0) as EpochMs;
}
