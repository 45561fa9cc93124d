import type { AppId } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint.ts';

/**
 * The checkpoint for the compiled set as it is now. An app that came with a deployment after the last sweep counts from
 * now on: else an old end of it, which no chain waited for then, would start followers.
 *
 * @param tenantNow - Qlik's clock.
 * @returns undefined where there is a new app and no clock.
 */
export function withApps(
  { fresh = {}, behind = {}, gap, round, ...checkpoint }: CheckpointDocument,
  apps: readonly AppId[],
  tenantNow: EpochMs | undefined,
  { overlap }: TimeConstants,
): CheckpointDocument | undefined {
  const known = new Set(checkpoint.apps);
  const added = apps.filter((appId) => !known.has(appId));
  if (added.length > 0 && tenantNow === undefined) return undefined;
  const isListed = new Set(apps);
  const oldest = Math.min(checkpoint.t, ...Object.values(behind).map(({ t }) => t)) - overlap;
  const kept = Object.entries(fresh).filter(([appId, since]) => isListed.has(appId as AppId) && since > oldest);
  const now = Object.fromEntries([...kept, ...added.map((appId) => [appId, tenantNow])]);
  return { ...checkpoint, apps, ...(Object.keys(now).length > 0 && { fresh: now }) };
}
