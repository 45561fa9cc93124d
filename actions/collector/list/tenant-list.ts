/*
 * Every 5 minutes the sweep lists the reloads that ended in a tenant since its checkpoint: the instant up to which the
 * sweep has seen the ends. This file has the types of such a list, which the files that list a tenant share. It also
 * picks the ends that matter out of a list.
 */

import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { type AppId, appKey, type TenantName } from '../../../src/core/names.ts';
import type { ReloadFinished } from '../../../src/core/reload-finished.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import type { CollectorPorts, ListPorts } from '../collector-ports.ts';
import { eventOfRecord } from '../event-of-record.ts';
import type { UnseenApp } from './alert-unseen.ts';
import type { Listed } from './list-back.ts';

/** The reloads that a tenant lists since its checkpoint: from one list, or from a list of each app. */
export interface TenantList extends Omit<Listed, 'kind' | 'left'> {
  /** What the checkpoint says once the ends of these reloads are stored. */
  readonly progress: Pick<CheckpointDocument, 't' | 'gap' | 'behind' | 'round'>;
  /** The apps of which all ends up to `wholeUntil` are known: they are in `reloads`, or were known before. */
  readonly whole: readonly AppId[];
  /** By the tenant's clock. Absent if its answers have no time. */
  readonly wholeUntil?: EpochMs | undefined;
  /** The apps whose reloads Qlik does not show us. Only webhooks report their ends. */
  readonly unseen: readonly UnseenApp[];
}

/** What finding the missed ends of a tenant needs. */
export interface TenantPorts extends ListPorts {
  /** A text that changes if the store is another one, or was set up anew. */
  readonly identity: () => Promise<string>;
}

/** The apps of a tenant that are in the chains, sorted. */
export const appsOf = (tenant: TenantName, { apps }: Pick<CollectorPorts, 'apps'>): readonly AppId[] =>
  Object.keys(apps)
    .filter((key) => key.startsWith(`${tenant}/`))
    .map((key) => key.slice(tenant.length + 1) as AppId)
    .sort();

/** The ends among these reloads whose apps are in the chains: each once, the earliest first. */
export function endsAmong(
  reloads: readonly ReloadRecord[],
  tenant: TenantName,
  { apps }: Pick<CollectorPorts, 'apps'>,
): readonly ReloadFinished[] {
  const byId = new Map<string, ReloadFinished>();
  for (const record of reloads) {
    const isCompiled = Object.hasOwn(apps, appKey({ tenant, appId: record.appId }));
    const end = isCompiled ? eventOfRecord(tenant, record) : undefined;
    if (end !== undefined) byId.set(end.reloadId, end);
  }
  return [...byId.values()].sort((a, b) => a.endedAt - b.endedAt || (a.reloadId < b.reloadId ? -1 : 1));
}
