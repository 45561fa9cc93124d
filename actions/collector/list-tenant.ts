import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { type AppId, appKey, type TenantName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint.ts';
import { type CollectorPorts, callTime, storeNow } from './collector-ports.ts';
import { listApps } from './list-apps.ts';
import { type Listed, listBack } from './list-back.ts';
import { headOf, wholeFrom } from './list-bounds.ts';

/** What the checkpoint says once the events are stored. */
export type Progress = Pick<CheckpointDocument, 't' | 'gap' | 'behind' | 'round'>;

/** What a tenant told of its ends. */
export interface TenantList {
  readonly reloads: readonly ReloadRecord[];
  readonly progress: Progress;
  readonly tenantNow?: EpochMs;
  /** Whether the newest ends are among them. */
  readonly isFromHead: boolean;
  /** Qlik's cursor of what ended before, of a list of the whole tenant. */
  readonly older?: string;
  /** Why it is not whole. */
  readonly problem?: string;
  /** Apps whose ends stay unheard unless webhooks tell them, and why. */
  readonly unseen: readonly { readonly appId: AppId; readonly message: string }[];
}

export type ListPorts = CollectorPorts & { readonly until: EpochMs };

/**
 * What a tenant's reloads are since its checkpoint: of the whole tenant, or app by app over the compiled set where the
 * credential may not see the whole (fact q-reloads-list-02).
 *
 * @returns a text where nothing could be had: why.
 */
export async function listTenant(
  tenant: TenantName,
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<TenantList | string> {
  const { times } = ports;
  const whole = await listBack(ports.qlikOf(tenant), {
    query: {},
    place: checkpoint.gap,
    since: wholeFrom(checkpoint, times),
    times,
    callTime: () => callTime(ports, ports.until),
  });
  if (whole.kind === 'listed') return ofWhole(whole, checkpoint, storeNow(ports));
  return whole.kind === 'forbidden' ? listApps(tenant, appsOf(tenant, ports), checkpoint, ports) : whole.message;
}

function ofWhole(list: Listed, checkpoint: CheckpointDocument, now: EpochMs): TenantList {
  const { reloads, left, isFromHead, older, tenantNow, problem } = list;
  const { t, gap, behind } = checkpoint;
  const head = headOf(list, t, gap, now);
  return {
    reloads,
    progress: left === undefined ? { t: head } : { t, gap: { head, ...left }, ...(behind && { behind }) },
    isFromHead,
    unseen: [],
    ...(older !== undefined && { older }),
    ...(tenantNow !== undefined && { tenantNow }),
    ...(problem !== undefined && { problem }),
  };
}

/** The compiled apps of a tenant, in the order of their ids. */
export const appsOf = (tenant: TenantName, { apps }: Pick<CollectorPorts, 'apps'>): readonly AppId[] =>
  Object.keys(apps)
    .filter((key) => key.startsWith(`${tenant}/`))
    .map((key) => key.slice(tenant.length + 1) as AppId)
    .sort();

/** Whether a reload's end concerns a link. */
export const isRelevant = (
  tenant: TenantName,
  { appId }: ReloadRecord,
  { apps }: Pick<CollectorPorts, 'apps'>,
): boolean => Object.hasOwn(apps, appKey({ tenant, appId }));
