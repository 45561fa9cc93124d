import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { type AppId, appKey, type TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import type { CollectorPorts } from '../collector-ports.ts';

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

export interface TenantPorts extends ListPorts {
  /** The store's identity; asked for once. */
  readonly identity: () => Promise<string>;
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
