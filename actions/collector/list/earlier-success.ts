/*
 * A chain file may say by when an app must have been reloaded (`expected`). If that is new in the file, Cascade may not
 * know the app's earlier reloads. The sweep, which runs every 5 minutes, asks Qlik for them here.
 */

import type { AppRef } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type CollectorPorts, lastCall } from '../collector-ports.ts';
import { listBack } from './list-back.ts';
import { endsAmong } from './tenant-list.ts';

/**
 * Asks Qlik for the newest success of an app. Cascade may not have heard of that success: it may have been before the
 * first sweep, or before the app came into the chains.
 *
 * @param after - earlier ends do not matter, so the list may end there.
 * @returns 0 if Qlik lists none; undefined if Qlik did not give the whole list.
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
