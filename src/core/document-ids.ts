import type { ChannelName } from './desk/notice.ts';
import type { Link } from './link.ts';
import type { AppId, AppRef, ReloadId, TenantName } from './names.ts';

/*
 * The ids of the documents in the ledger, Cascade's memory in CouchDB (docs/ledger.md, "Documents"). An id says what
 * the document is about. So Cascade reads most documents by their ids and not by a search. The document of an order (a
 * reload that Cascade owes) has the id that `orderId` makes.
 */

/** An event: a reload that ended. */
export const eventId = (tenant: TenantName, reloadId: ReloadId): string => `event:${tenant}:${reloadId}`;
/**
 * A hint: a webhook that alone does not prove that a reload ended, so that Cascade must ask Qlik.
 *
 * @param reloadId - the reload id in the webhook. If the webhook has none: `x.<activation id>`.
 */
export const hintId = (tenant: TenantName, reloadId: string): string => `hint:${tenant}:${reloadId}`;
/** What a composite link, which waits for several apps, remembers of their ends: `join:<tenant>:<app>:<clause>`. */
export const joinId = ({ target, clause }: Pick<Link, 'target' | 'clause'>): string =>
  `join:${target.tenant}:${target.appId}:${clause}`;
/** Where to find the orders that wait because this app is busy. */
export const parkId = ({ tenant, appId }: AppRef): string => `park:${tenant}:${appId}`;
/**
 * Which orders of an app were allowed to start in the last hour. By this, Cascade slows down apps that reload each
 * other for ever.
 */
export const rateId = ({ tenant, appId }: AppRef): string => `rate:${tenant}:${appId}`;
/** For which order a reload was started. */
export const startedId = (tenant: TenantName, reloadId: ReloadId): string => `started:${tenant}:${reloadId}`;
/** The address of the Qlik tenant that a name of the settings stands for. */
export const tenantId = (tenant: TenantName): string => `tenant:${tenant}`;
/** Until when a tenant's rate limit is spent, and whether the tenant gives our ids back. */
export const gateId = (tenant: TenantName): string => `gate:${tenant}`;
/** How far the sweep (it runs every 5 minutes) has read the reloads that ended in a tenant. */
export const checkpointId = (tenant: TenantName): string => `checkpoint:${tenant}`;
/** How an app stands: its last end, its counts, and whether it is failing or late. */
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
/** The ticket of the streak that began with this reload: an app's failures until its next success. */
export const ticketId = (tenant: TenantName, reloadId: ReloadId): string => `ticket:reload:${tenant}:${reloadId}`;
/** The ticket of a question that somebody asked on a Stack Exchange site. A site's name has no colon. */
export const questionTicketId = (site: string, questionId: number): string => `ticket:question:${site}:${questionId}`;
/** How far the ledger has the questions of a Stack Exchange site. */
export const questionsId = (site: string): string => `questions:${site}`;
/** How often one action or sequence ran, and for how long. */
export const statId = (action: string): string => `stat:${action}`;
/** Something that a person should look at. */
export const alertId = (kind: string, subject: string): string => `alert:${kind}:${subject}`;

/** How a channel stands. A channel, such as one of Slack's, is where people get Cascade's notices. */
export const channelId = (name: ChannelName): string => `channel:${name}`;

/**
 * The compiled chains of a deployment.
 *
 * @param hash - the hash of the chains.
 * @param part - large chains are in several documents, numbered from 1.
 */
export const definitionId = (hash: string, part = 1): string => `definition:${hash}${part === 1 ? '' : `:${part}`}`;

/** Which chains are deployed, and since when. Only a deployment writes it, after it has deployed the actions. */
export const DEPLOYED_ID = 'deployed';

/** `cascade runs --problems` overwrites this document to see whether CouchDB takes writes. */
export const PROBE_ID = 'probe';

/** When the ledger was purged last. */
export const PURGE_ID = 'purge';

/**
 * The ledger's version, for how many days documents are kept, and since when notices are sent. Only a deployment writes
 * it, once the database, its users and its indexes are there.
 */
export const SCHEMA_ID = 'schema';
