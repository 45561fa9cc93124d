import type { NewDocument, StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../../src/clients/qlik/qlik-port.ts';
import { tenantId } from '../../../src/core/document-ids.ts';
import type { AppRef, TenantName } from '../../../src/core/names.ts';
import { addressOf, ELSEWHERE, qlikIdOf } from './steps.ts';
import type { Topology } from './topology.ts';

const PREFIX = 'theirs-';
/** The commands of a person, which may change any document in the database. */
const BY_A_PERSON = /^(?:cancel|replay)\b/;

/** Another deployment's name for a tenant, if its tenants have other names than ours. */
const theirNameOf = (tenant: TenantName): TenantName => `${PREFIX}${tenant}` as TenantName;

/** Whether a tenant's name is one that only another deployment knows. */
export const isTheirs = (tenant: string): boolean => tenant.startsWith(PREFIX);

/** Whether, by its id, a document is of a tenant that only another deployment knows. */
export const isOfTheirs = ({ _id }: Pick<StoredDocument, '_id'>): boolean => isTheirs(tenantIn(_id) ?? '');

const tenantIn = (id: string): string | undefined =>
  /^(?:app|checkpoint|event|gate|hint|join|order|park|rate|started):([^:]+)/.exec(id)?.[1];

/** The same chains of apps with the same ids, in tenants with other names, and with empty bodies. */
export function withTheirNames(topology: Topology): Topology {
  const theirs = ({ tenant, appId }: AppRef): AppRef => ({ tenant: theirNameOf(tenant), appId });
  const rename = (links: Topology['links']): Topology['links'] =>
    links.map((link) => ({ ...link, after: theirs(link.after), target: theirs(link.target), body: {} }));
  const { late } = topology;
  return {
    ...topology,
    tenants: topology.tenants.map(theirNameOf),
    apps: topology.apps.map(theirs),
    links: rename(topology.links),
    joins: [],
    ...(late !== undefined && { late: { apps: late.apps.map(theirs), links: rename(late.links) } }),
  };
}

/** What a deployment writes about a tenant that only it knows. */
export const theirTenant = (tenant: TenantName): NewDocument => ({
  ...{ _id: tenantId(tenant), schema: 1, type: 'tenant' },
  ...{ url: addressOf(tenant, ELSEWHERE), id: qlikIdOf(tenant, ELSEWHERE) },
});

/**
 * Says what is wrong if one deployment wrote a document of a tenant that only the other one knows.
 *
 * @param isByOther - whether the other deployment wrote it.
 */
export function watchNames(actor: string, isByOther: boolean, document: StoredDocument): string | undefined {
  const isOfATenant = tenantIn(document._id) !== undefined;
  if (!isOfATenant || BY_A_PERSON.test(actor) || isOfTheirs(document) === isByOther) return undefined;
  return `${actor} wrote ${document._id}, of a tenant that its settings do not know`;
}

const unavailable = { kind: 'unavailable', message: 'Qlik gave no answer (simulated).' } as const;

/** A tenant of the other deployment. It never answers, so the other deployment's work stays due beside ours. */
export const SILENT_TENANT: QlikPort = {
  startReload: async () => ({ kind: 'unknown', message: unavailable.message }),
  listReloads: async () => unavailable,
  ownUserId: async () => undefined,
  getReload: async () => unavailable,
  listEnded: async () => unavailable,
  cancelReload: async () => unavailable,
  logTail: async () => unavailable,
  webhooks: async () => unavailable,
  lastDelivery: async () => unavailable,
};
