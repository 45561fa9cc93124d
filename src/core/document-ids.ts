import type { ChannelName } from './desk/notice.ts';
import type { Link } from './link.ts';
import type { AppId, AppRef, ReloadId, TenantName } from './names.ts';

/**
 * The ids of the ledger's documents (docs/ledger.md, "Documents"). The id of an order's document is the order's own id.
 */
export const eventId = (tenant: TenantName, reloadId: ReloadId): string => `event:${tenant}:${reloadId}`;
/** @param told - the reload id in the webhook; `x.<activation id>` if it has none. */
export const hintId = (tenant: TenantName, told: string): string => `hint:${tenant}:${told}`;
/** What a composite link remembers: `join:<tenant>:<app>:<clause>`. */
export const joinId = ({ target, clause }: Pick<Link, 'target' | 'clause'>): string =>
  `join:${target.tenant}:${target.appId}:${clause}`;
export const parkId = ({ tenant, appId }: AppRef): string => `park:${tenant}:${appId}`;
/** Which orders of an app were allowed to start in the last hour. */
export const rateId = ({ tenant, appId }: AppRef): string => `rate:${tenant}:${appId}`;
export const startedId = (tenant: TenantName, reloadId: ReloadId): string => `started:${tenant}:${reloadId}`;
/** Which tenant of Qlik's a name means. */
export const tenantId = (tenant: TenantName): string => `tenant:${tenant}`;
export const gateId = (tenant: TenantName): string => `gate:${tenant}`;
export const checkpointId = (tenant: TenantName): string => `checkpoint:${tenant}`;
/** How an app stands. */
export const appStateId = ({ tenant, appId }: AppRef): string => `app:${tenant}:${appId}`;
/** The app of an id that `appStateId` made. Neither a tenant's name nor an app's id has a colon. */
export function appOfStateId(id: string): AppRef {
  const [, tenant = '', appId = ''] = id.split(':');
  return { tenant: tenant as TenantName, appId: appId as AppId };
}
/** @param hash - the hash of the body, so that a resend is the same dead letter. */
export const deadId = (hash: string): string => `dead:${hash}`;
/** The streak of failures that began with this reload. */
export const ticketId = (tenant: TenantName, reloadId: ReloadId): string => `ticket:reload:${tenant}:${reloadId}`;
/** The activations of one action or sequence. */
export const statId = (action: string): string => `stat:${action}`;
export const alertId = (kind: string, subject: string): string => `alert:${kind}:${subject}`;

/** How a channel stands that people hear notices by. */
export const channelId = (name: ChannelName): string => `channel:${name}`;

/** The compiled chains of a deployment. @param part - large chains are in several parts, from 1. */
export const definitionId = (hash: string, part = 1): string => `definition:${hash}${part === 1 ? '' : `:${part}`}`;

/** Which chains are deployed, and since when. Only deployment writes it, after the actions. */
export const DEPLOYED_ID = 'deployed';

/** `cascade runs --problems` overwrites it to see whether the store takes writes. */
export const PROBE_ID = 'probe';

/** When the ledger was purged last. */
export const PURGE_ID = 'purge';

/**
 * The ledger's version, and how old an end may be for the deployed receiver to take it. Only deployment writes it, as the
 * last document.
 */
export const SCHEMA_ID = 'schema';
