import { badRequest, forbiddenScope, noSuchThing, Refusal, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, jsonBody, jsonObject, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE } from '../webhooks/event.ts';
import { listWebhooks } from '../webhooks/list-webhooks.ts';
import { parseWebhook, patchWebhook } from '../webhooks/parse-webhook.ts';
import { viewWebhook, type Webhook, type WebhookFields } from '../webhooks/webhook.ts';

/** Both prefixes serve the same webhooks (q-webhooks-crud-01). */
export const WEBHOOK_PREFIXES = ['/api/core/webhooks', '/api/v1/webhooks'] as const;

const READ_ONLY = [
  'id',
  'createdAt',
  'updatedAt',
  'createdByUserId',
  'updatedByUserId',
  'disabledReason',
  'disabledReasonCode',
];

/** The webhooks API, without its deliveries. */
export function webhookRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return WEBHOOK_PREFIXES.flatMap((prefix) => [
    { name: `GET ${prefix}`, handle: (call: ApiCall) => getWebhooks(tenant, call) },
    { name: `POST ${prefix}`, handle: (call: ApiCall) => postWebhook(tenant, call) },
    { name: `GET ${prefix}/event-types`, handle: () => ({ status: 200, body: { data: EVENT_TYPES } }) },
    { name: `GET ${prefix}/{id}`, handle: (call: ApiCall) => ok(visibleWebhook(tenant, call)) },
    { name: `PUT ${prefix}/{id}`, handle: (call: ApiCall) => putWebhook(tenant, call) },
    { name: `PATCH ${prefix}/{id}`, handle: (call: ApiCall) => patch(tenant, call) },
    { name: `DELETE ${prefix}/{id}`, handle: (call: ApiCall) => deleteWebhook(tenant, call) },
  ]);
}

const EVENT_TYPES = [
  eventType(RELOAD_FINISHED_TYPE, 'Reload finished', 'reloads', 'A reload request reached its outcome.'),
  eventType(APP_RELOAD_FINISHED, 'App reload finished', 'apps', 'The engine ended an attempt to load an app.'),
];

function eventType(name: string, title: string, category: string, description: string): Record<string, unknown> {
  return { name, title, category, description, levels: ['tenant', 'user'] };
}

function getWebhooks(tenant: Tenant, call: ApiCall): TenantAnswer {
  const visible = tenant.webhooks.all().filter((webhook) => maySeeWebhook(call, webhook));
  const { items, links } = listWebhooks(visible, call);
  return { status: 200, body: { data: items.map(viewWebhook), links } };
}

function postWebhook(tenant: Tenant, call: ApiCall): TenantAnswer {
  const fields = parse(tenant, jsonObject(call));
  refuseLevel(call, fields);
  refuseQuota(tenant, call);
  return { status: 201, body: viewWebhook(tenant.webhooks.add(withOwner(fields, call), call.user.id)) };
}

/** 150 for each user, says one page, 100 for the tenant another (q-unknown-18). */
function refuseQuota(tenant: Tenant, call: ApiCall): void {
  const all = tenant.webhooks.all();
  const own = all.filter((webhook) => webhook.createdByUserId === call.user.id);
  const ofUser = tenant.switches.get('webhook.quotaUser');
  if (own.length >= ofUser) throw forbiddenScope(`A user may have ${ofUser} webhooks.`, 'WEBHOOKS-403');
  const ofTenant = tenant.switches.get('webhook.quotaTenant');
  if (ofTenant !== 'unlimited' && all.length >= ofTenant) {
    throw forbiddenScope(`A tenant may have ${ofTenant} webhooks.`, 'WEBHOOKS-403');
  }
}

/** Every field that is left out is cleared (q-webhooks-crud-10). */
function putWebhook(tenant: Tenant, call: ApiCall): TenantAnswer {
  const webhook = visibleWebhook(tenant, call);
  const body = jsonObject(call);
  const fields = parse(tenant, body);
  refuseLevel(call, fields);
  refuseReadOnly(tenant, webhook, body);
  return ok(tenant.webhooks.change(webhook, withOwner(fields, call), call.user.id));
}

function patch(tenant: Tenant, call: ApiCall): TenantAnswer {
  const webhook = visibleWebhook(tenant, call);
  const fields = patchWebhook(webhook, jsonBody(call), tenant.switches.get('webhook.allowLoopback'));
  tenant.webhooks.change(webhook, fields, call.user.id);
  return { status: 204 };
}

function deleteWebhook(tenant: Tenant, call: ApiCall): TenantAnswer {
  const { id } = visibleWebhook(tenant, call);
  tenant.webhooks.delete(id);
  tenant.deliveries.forget(id);
  return { status: 204 };
}

/** The webhook of the route's `{id}`, if it exists and the caller may see it. @throws Refusal 403 or 404 */
export function visibleWebhook(tenant: Tenant, call: ApiCall): Webhook {
  const webhook = tenant.webhooks.get(param(call, 'id'));
  if (webhook === undefined) throw noSuchThing('There is no such webhook.', 'WEBHOOKS-404');
  if (!maySeeWebhook(call, webhook)) throw forbiddenScope('The webhook is not yours.', 'WEBHOOKS-403');
  return webhook;
}

function maySeeWebhook(call: ApiCall, webhook: Webhook): boolean {
  return isTenantAdmin(call.user) || (webhook.ownerId ?? webhook.createdByUserId) === call.user.id;
}

function parse(tenant: Tenant, body: Readonly<Record<string, unknown>>): WebhookFields {
  return parseWebhook(body, tenant.switches.get('webhook.allowLoopback'));
}

/** A webhook of level `user` belongs to somebody; one of level `tenant` to nobody. */
function withOwner(fields: WebhookFields, call: ApiCall): WebhookFields {
  return { ...fields, ownerId: fields.level === 'user' ? (fields.ownerId ?? call.user.id) : undefined };
}

function refuseLevel(call: ApiCall, fields: WebhookFields): void {
  if (isTenantAdmin(call.user)) return;
  if (fields.level === 'tenant')
    throw forbiddenScope('A webhook of level tenant needs the role TenantAdmin.', 'WEBHOOKS-403');
  if ((fields.ownerId ?? call.user.id) !== call.user.id)
    throw forbiddenScope('ownerId is somebody else.', 'WEBHOOKS-403');
}

function refuseReadOnly(tenant: Tenant, webhook: Webhook, body: Readonly<Record<string, unknown>>): void {
  const present = viewWebhook(webhook);
  const changed = READ_ONLY.find((field) => body[field] !== undefined && body[field] !== present[field]);
  if (changed === undefined) return;
  const status = tenant.switches.get('webhook.readOnlyChange');
  if (status === 400) throw badRequest(`${changed} cannot be changed.`);
  throw new Refusal(status, { code: 'WEBHOOKS-409', title: 'Conflict', detail: `${changed} cannot be changed.` });
}

function ok(webhook: Webhook): TenantAnswer {
  return { status: 200, body: viewWebhook(webhook) };
}
