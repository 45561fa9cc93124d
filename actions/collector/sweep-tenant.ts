/*
 * Every 5 minutes the sweep asks Qlik for the reloads that ended, in case a webhook got lost. This file does that for
 * one tenant. An event is the ledger's document of a reload that ended. A tenant's checkpoint is the instant up to
 * which the sweep has seen the ends there, by Qlik's clock.
 */

import { isDeepStrictEqual } from 'node:util';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { checkpointId, eventId } from '../../src/core/document-ids.ts';
import type { AppId, AppRef, TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint.ts';
import { alertPeople, putOrLog } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { alertUnseen } from './list/alert-unseen.ts';
import { firstCheckpoint, withApps } from './list/checkpoint.ts';
import { countsFrom } from './list/list-bounds.ts';
import { listTenant } from './list/list-tenant.ts';
import { appsOf, endsAmong, type TenantList, type TenantPorts } from './list/tenant-list.ts';
import { documentsById } from './store-parts.ts';
import { watchWebhook } from './webhook-silent.ts';

/** The apps of which the ledger has all ends up to an instant. */
export interface KnownEnds {
  /**
   * By Qlik's clock: when its list was read. If reading the list took several sweeps, newer ends are missing in it, so
   * this is the latest end that the list had.
   */
  readonly until: EpochMs;
  readonly apps: readonly AppRef[];
}

/** What the sweep of a tenant found. */
export interface SweptEnds {
  /** The events that this sweep created. */
  readonly created: readonly BatchEvent[];
  /** Absent if nothing was listed, if the sweep has stopped for this tenant, or if Qlik's answers have no time. */
  readonly known?: KnownEnds;
}

const NOTHING: SweptEnds = { created: [] };

/**
 * Lists the reloads that ended in a tenant since its checkpoint, and creates the events that no webhook brought
 * (docs/sweep.md). If there is no checkpoint yet, this writes the first one, and lists nothing: reloads that ended
 * earlier start nothing.
 *
 * Invariant: the checkpoint is written only after the events up to it are stored. The one exception is an event that
 * CouchDB refuses for good, because of its contents.
 *
 * Two sweeps at once create an event only once, because an event's id contains its reload's id.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function sweepTenant(
  tenant: TenantName,
  checkpoint: CheckpointDocument | undefined,
  ports: TenantPorts,
): Promise<SweptEnds> {
  if (checkpoint === undefined) {
    await firstCheckpoint(tenant, ports);
    return NOTHING;
  }
  const list = await listTenant(tenant, checkpoint, ports);
  const problem = typeof list === 'string' ? list : list.problem;
  if (problem !== undefined) {
    ports.log.warn('The sweep could not list everything of a tenant', { tenant, problem });
  }
  if (typeof list === 'string') return NOTHING;
  await alertUnseen(tenant, list.unseen, ports);
  const withNewApps = withApps(checkpoint, appsOf(tenant, ports), list.tenantNow, ports.times);
  if (withNewApps !== undefined) {
    return collectSince(tenant, checkpoint, { ...withNewApps, ...list.progress }, list, ports);
  }
  ports.log.warn('The sweep collects nothing of a tenant: the chains have new apps, and Qlik’s answers have no time', {
    tenant,
  });
  return NOTHING;
}

/**
 * Creates the events of the listed ends that the ledger does not have yet. If it created any, it looks whether the
 * webhook is silent. Then it writes the new checkpoint, if that differs from the old one. It does none of this if a
 * person has to look first (`isStopped`).
 */
async function collectSince(
  tenant: TenantName,
  checkpoint: CheckpointDocument,
  next: CheckpointDocument,
  list: TenantList,
  ports: TenantPorts,
): Promise<SweptEnds> {
  // The old checkpoint says which ends count, because the new one is already past them. Only `fresh` comes from the new
  // one: from when on the ends of a new app count.
  const bounds = { ...checkpoint, ...(next.fresh && { fresh: next.fresh }) };
  const wanted = endsAmong(list.reloads, tenant, ports).filter(
    ({ appId, endedAt }) => endedAt >= countsFrom(bounds, appId, ports.times),
  );
  const idOf = ({ reloadId }: ReloadFinished): string => eventId(tenant, reloadId);
  const documents = await documentsById(wanted.map(idOf), ports.store);
  const unknown = wanted.filter((end) => !documents.has(idOf(end)));
  const hasMoved = !isDeepStrictEqual(checkpoint, next);
  // `createEvents` fills this, so `known` is called after it.
  const refused = new Set<AppId>();
  const known = (): Pick<SweptEnds, 'known'> => knownEnds(tenant, list, refused);
  if (unknown.length === 0 && !hasMoved) return { created: [], ...known() };
  if (await isStopped(tenant, checkpoint, unknown[0], list.tenantNow, ports)) return NOTHING;
  const created = await createEvents(unknown, ports, ({ appId }) => refused.add(appId));
  if (created.length > 0) await watchWebhook(tenant, list, ports);
  if (hasMoved) await putOrLog({ ...next }, ports);
  return { created, ...known() };
}

/**
 * The apps of which the ledger has all ends now. Empty if Qlik's answers have no time.
 *
 * @param refused - the apps with an end whose event CouchDB refuses.
 */
function knownEnds(
  tenant: TenantName,
  { wholeUntil, whole }: TenantList,
  refused: ReadonlySet<AppId>,
): Pick<SweptEnds, 'known'> {
  if (wholeUntil === undefined) return {};
  const apps = whole.filter((appId) => !refused.has(appId)).map((appId) => ({ tenant, appId }));
  return { known: { until: wholeUntil, apps } };
}

/**
 * Whether a person has to look before the sweep may create events. If so, this raises an alert. There are two reasons:
 * the checkpoint comes from another store, or the oldest unknown end is older than `times.farthestJump` (a day).
 */
async function isStopped(
  tenant: TenantName,
  { store }: CheckpointDocument,
  oldest: ReloadFinished | undefined,
  tenantNow: EpochMs | undefined,
  ports: TenantPorts,
): Promise<boolean> {
  const stop = async (kind: 'store-changed' | 'checkpoint-jump', what: string): Promise<true> => {
    const advice = `From now on the sweep takes no more ends from this tenant’s list. Webhooks, and work that is due already, go on. Find out which followers are owed, then delete the document ${checkpointId(tenant)}. After that, the sweep begins anew: reloads that ended before start nothing.`;
    await alertPeople({ kind, subject: tenant, message: `${what} ${advice}` }, ports);
    return true;
  };
  if (store !== (await ports.identity())) return stop('store-changed', 'The checkpoint was written in another store.');
  const isOld =
    oldest !== undefined && tenantNow !== undefined && oldest.endedAt < tenantNow - ports.times.farthestJump;
  if (!isOld) return false;
  const what = `The reload ${oldest.reloadId} ended more than a day ago, and no webhook and no sweep heard of it.`;
  return stop('checkpoint-jump', what);
}
