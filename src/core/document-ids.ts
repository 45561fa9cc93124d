import type { ChannelName } from './desk/notice.ts';
import type { Link } from './link.ts';
import type { AppId, AppRef, ReloadId, TenantName } from './names.ts';

/*
 * The ids of the documents in the ledger, Cascade's memory (docs/ledger.md, "Documents"). An id says what the document is
 * about, so most documents are read by their ids and not by a search. An order is a reload that Cascade owes. Its document has
 * the order's own id.
 */

/** An event: a reload that ended. */
export const eventId = (tenant: TenantName, reloadId: ReloadId): string => `event:${tenant}:${reloadId}`;
/**
 * A hint: a webhook that alone does not prove that a reload ended.
 *
 * @param told - the reload id in the webhook, or `x.<activation id>` if it has none.
 */
export const hintId = (tenant: TenantName, told: string): string => `hint:${tenant}:${told}`;
/** What a composite link, which waits for several apps, remembers of their ends: `join:<tenant>:<app>:<clause>`. */
export const joinId = ({ target, clause }: Pick<Link, 'target' | 'clause'>): string =>
  `join:${target.tenant}:${target.appId}:${clause}`;
/** The orders that wait because this app is busy. */
export const parkId = ({ tenant, appId }: AppRef): string => `park:${tenant}:${appId}`;
/** Which orders of an app were allowed to start in the last hour. */
export const rateId = ({ tenant, appId }: AppRef): string => `rate:${tenant}:${appId}`;
/** For which order a reload was started. */
export const startedId = (tenant: TenantName, reloadId: ReloadId): string => `started:${tenant}:${reloadId}`;
/** Which tenant of Qlik's a name means. */
export const tenantId = (tenant: TenantName): string => `tenant:${tenant}`;
/** Until when a tenant's rate limit is spent. */
export const gateId = (tenant: TenantName): string => `gate:${tenant}`;
/** Up to which end of a reload the sweep, which runs every 5 minutes, has seen everything in a tenant. */
export const checkpointId = (tenant: TenantName): string => `checkpoint:${tenant}`;
/** How an app stands. */
export const appStateId = ({ tenant, appId }: AppRef): string => `app:${tenant}:${appId}`;
/** The app of an id that `appStateId` made. Neither a tenant's name nor an app's id has a colon. */
export function appOfStateId(id: string): AppRef {
  const [, tenant = '', appId = ''] = id.split(':');
  return { tenant: tenant as TenantName, appId: appId as AppId };
}
/**
 * A dead letter: a webhook from the right sender that Cascade could not understand.
 *
 * @param hash - the hash of the tenant and the body, so that a webhook that comes again is the same dead letter.
 */
export const deadId = (hash: string): string => `dead:${hash}`;
/** The ticket of the streak (run of failures of one app) that began with this reload. */
export const ticketId = (tenant: TenantName, reloadId: ReloadId): string => `ticket:reload:${tenant}:${reloadId}`;
/** The ticket of a question. A site's name has no colon. */
export const questionTicketId = (site: string, questionId: number): string => `ticket:question:${site}:${questionId}`;
/** How far a site's questions are read. */
export const questionsId = (site: string): string => `questions:${site}`;
/** How often one action or sequence ran, and for how long. */
export const statId = (action: string): string => `stat:${action}`;
/** Something that a person should look at. */
export const alertId = (kind: string, subject: string): string => `alert:${kind}:${subject}`;

/** How a channel stands. A channel, such as Slack, is where people hear notices. */
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
 * The ledger's version, and how old an end may be for the deployed receiver to take it. Only deployment writes it, once the
 * database, its users and its indexes are there.
 */
export const SCHEMA_ID = 'schema';
