/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A webhook is an
 * address to which the tenant sends events. This file answers calls about webhooks.
 */

import { isoTime } from '../clock.ts';
import { badRequest, forbidden, found, ok, Refusal, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, jsonBody, jsonObject, param, type TenantCall } from '../http/call.ts';
import { page, parseFlag } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE } from '../webhooks/event.ts';
import { parseWebhook, patchWebhook } from '../webhooks/parse-webhook.ts';
import { viewWebhook, type Webhook, type WebhookFields } from '../webhooks/webhook.ts';

/** The fields that a caller cannot change. */
const READ_ONLY = [
  'id',
  'createdAt',
  'updatedAt',
  'createdByUserId',
  'updatedByUserId',
  'disabledReason',
  'disabledReasonCode',
];

const EVENT_TYPES = [
  eventType(RELOAD_FINISHED_TYPE, 'Reload finished', 'reloads', 'A reload request reached its outcome.'),
  eventType(APP_RELOAD_FINISHED, 'App reload finished', 'apps', 'The engine ended an attempt to load an app.'),
];

/** The webhooks API, without its deliveries. */
export const webhookRoutes: Routes<ApiCall> = underBothPrefixes({
  'GET ': getWebhooks,
  'POST ': postWebhook,
  'GET /event-types': () => ok({ data: EVENT_TYPES }),
  'GET /{id}': (tenant, call) => ok(viewWebhook(visibleWebhook(tenant, call))),
  'PUT /{id}': putWebhook,
  'PATCH /{id}': patch,
  'DELETE /{id}': deleteWebhook,
});

/**
 * Makes each route twice: below `/api/core/webhooks` and below `/api/v1/webhooks`, which serve the same webhooks
 * (fact q-webhooks-crud-01).
 */
export function underBothPrefixes(routes: Routes<ApiCall>): Routes<ApiCall> {
  const entries = ['/api/core/webhooks', '/api/v1/webhooks'].flatMap((prefix) =>
    Object.entries(routes).map(([name, handle]) => [name.replace(' ', ` ${prefix}`), handle] as const),
  );
  return Object.fromEntries(entries);
}

function eventType(name: string, title: string, category: string, description: string): Record<string, unknown> {
  return { name, title, category, description, levels: ['tenant', 'user'] };
}

/** Answers with the page of webhooks that the query asks for (fact q-webhooks-crud-09). */
function getWebhooks(tenant: Tenant, call: ApiCall): TenantAnswer {
  const enabled = parseFlag(call, 'enabled');
  const wanted = tenant.webhooks.all().filter((webhook) => {
    const { name, url, eventTypes, level, origin, ownerId, createdByUserId, updatedByUserId } = webhook;
    return (
      maySeeWebhook(call, webhook) &&
      (enabled === undefined || webhook.enabled === enabled) &&
      isAmong(call, { eventTypes, level, origins: origin, ownerId, createdByUserId, updatedByUserId }) &&
      isLike(call, 'name', name) &&
      isLike(call, 'url', url)
    );
  });
  const body = page(call, wanted, {
    keys: {
      name: ({ name }) => name,
      url: ({ url }) => url,
      createdAt: ({ createdAt }) => isoTime(createdAt),
      updatedAt: ({ updatedAt }) => isoTime(updatedAt),
    },
    defaultSort: '-createdAt',
    tie: ({ seq }) => seq,
    limit: 20,
    view: viewWebhook,
  });
  return ok(body);
}

/**
 * Whether the query asks for a webhook with these `values`. A parameter can have several texts: separated by commas, or
 * in several parameters of the same name. One of them has to be a value of the webhook. If the parameter is absent, any
 * value fits.
 */
function isAmong(
  { query }: TenantCall,
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): boolean {
  return Object.entries(values).every(([name, value]) => {
    const asked = query.getAll(name).flatMap((text) => text.split(','));
    return asked.length === 0 || asked.some((each) => [value].flat().includes(each));
  });
}

/**
 * Whether `value` contains the text of the query parameter `name`, in any case of letters. `*` in the text stands for
 * anything. True if there is no such parameter.
 */
function isLike({ query }: TenantCall, name: string, value: string): boolean {
  const text = value.toLowerCase();
  let from = 0;
  // This is no regular expression, because one with many `*` would take very long on a text that does not match.
  for (const part of (query.get(name) ?? '').toLowerCase().split('*')) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}

function postWebhook(tenant: Tenant, call: ApiCall): TenantAnswer {
  const fields = parse(tenant, call, jsonBody(call));
  refuseQuota(tenant, call);
  return { status: 201, body: viewWebhook(tenant.webhooks.add(fields, call.user.id)) };
}

/**
 * Refuses a webhook above a quota. One page of Qlik says 150 for each user, another page 100 for the tenant (fact
 * q-unknown-18).
 */
function refuseQuota(tenant: Tenant, call: ApiCall): void {
  const all = tenant.webhooks.all();
  const own = all.filter((webhook) => webhook.createdByUserId === call.user.id);
  const ofUser = tenant.switches.get('webhook.quotaUser');
  if (own.length >= ofUser) throw forbidden(`A user may have ${ofUser} webhooks.`, 'WEBHOOKS-403');
  const ofTenant = tenant.switches.get('webhook.quotaTenant');
  if (ofTenant !== 'unlimited' && all.length >= ofTenant) {
    throw forbidden(`A tenant may have ${ofTenant} webhooks.`, 'WEBHOOKS-403');
  }
}

/** Replaces a webhook's fields. A field that the body lacks gets its default (fact q-webhooks-crud-10). */
function putWebhook(tenant: Tenant, call: ApiCall): TenantAnswer {
  const webhook = visibleWebhook(tenant, call);
  const body = jsonObject(call);
  const fields = parse(tenant, call, body);
  refuseReadOnly(tenant, webhook, body);
  return ok(viewWebhook(tenant.webhooks.change(webhook, fields, call.user.id)));
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
  const webhook = found(tenant.webhooks.get(param(call, 'id')), 'webhook', 'WEBHOOKS-404');
  if (!maySeeWebhook(call, webhook)) throw forbidden('The webhook is not yours.', 'WEBHOOKS-403');
  return webhook;
}

function maySeeWebhook(call: ApiCall, webhook: Webhook): boolean {
  return isTenantAdmin(call.user) || (webhook.ownerId ?? webhook.createdByUserId) === call.user.id;
}

/**
 * Reads the fields of a webhook from a body. A webhook of level `user` belongs to the user whom the body names, or else
 * to the caller. A webhook of level `tenant` has no `ownerId`.
 *
 * @throws Refusal 400; 403 if the caller may not make such a webhook.
 */
function parse(tenant: Tenant, call: ApiCall, body: unknown): WebhookFields {
  const fields = parseWebhook(body, tenant.switches.get('webhook.allowLoopback'));
  const { level, ownerId = call.user.id } = fields;
  if (!isTenantAdmin(call.user)) {
    if (level === 'tenant') throw forbidden('A webhook of level tenant needs the role TenantAdmin.', 'WEBHOOKS-403');
    if (ownerId !== call.user.id) throw forbidden('ownerId is somebody else.', 'WEBHOOKS-403');
  }
  return { ...fields, ownerId: level === 'user' ? ownerId : undefined };
}

function refuseReadOnly(tenant: Tenant, webhook: Webhook, body: Readonly<Record<string, unknown>>): void {
  const present = viewWebhook(webhook);
  const changed = READ_ONLY.find((field) => body[field] !== undefined && body[field] !== present[field]);
  if (changed === undefined) return;
  const detail = `${changed} cannot be changed.`;
  const status = tenant.switches.get('webhook.readOnlyChange');
  throw status === 400 ? badRequest(detail) : new Refusal(status, { code: 'WEBHOOKS-409', title: 'Conflict', detail });
}
