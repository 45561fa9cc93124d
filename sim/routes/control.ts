import { type Answer, badRequest, notFound } from '../http/answer.ts';
import { type Call, jsonBody, jsonObject, param } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { parseApp } from '../parse-app.ts';
import { RELOAD_TYPES, type ReloadType } from '../reloads/record.ts';
import { appReloadFinished } from '../reloads/reload-events.ts';
import { viewReload } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';
import { viewDelivery } from '../webhooks/delivery.ts';
import { APP_RELOAD_FINISHED } from '../webhooks/event.ts';
import { sendAtOnce } from '../webhooks/sender.ts';
import { refusePending } from './reloads.ts';

const LONGEST_WAIT_MS = 60_000;

/** The control interface: what no real tenant has. `isApiRoute` says which calls can be made to fail. */
export function controlRoutes(tenant: Tenant, isApiRoute: (name: string) => boolean): readonly Route<Call>[] {
  return [
    { name: 'GET /_sim/apps', handle: () => ok({ data: tenant.apps.all() }) },
    { name: 'POST /_sim/apps', handle: (call) => postApps(tenant, call) },
    { name: 'POST /_sim/apps/{id}/reload', handle: (call) => startReload(tenant, call) },
    { name: 'POST /_sim/apps/{id}/editor-load', handle: (call) => editorLoad(tenant, call) },
    { name: 'GET /_sim/faults', handle: () => ok({ data: tenant.faults.left() }) },
    { name: 'PUT /_sim/faults', handle: (call) => putFaults(tenant, call, isApiRoute) },
    { name: 'GET /_sim/switches', handle: () => ok(tenant.switches.all()) },
    { name: 'PUT /_sim/switches', handle: (call) => putSwitches(tenant, call) },
    { name: 'GET /_sim/journal', handle: (call) => getJournal(tenant, call) },
    { name: 'POST /_sim/deliver', handle: (call) => deliver(tenant, call) },
  ];
}

function postApps(tenant: Tenant, call: Call): Answer {
  const body = jsonBody(call);
  const settings = (Array.isArray(body) ? body : [body]).map((app: unknown) => parseApp(app));
  for (const { tags, collections } of settings) {
    for (const tag of tags) tenant.collections.named('public', tag);
    for (const name of collections) tenant.collections.named('publicgoverned', name);
  }
  return { status: 201, body: { data: settings.map((app) => tenant.apps.put(app)) } };
}

/** A person or a schedule starts a reload, with no request by an API key. */
function startReload(tenant: Tenant, call: Call): Answer {
  const app = appOf(tenant, call);
  const type = parseType(call.body.length === 0 ? undefined : jsonObject(call)['type']);
  refusePending(tenant, app.id);
  const nothing = { resourceType: undefined, resourceId: undefined };
  const request = { appId: app.id, partial: false, weight: 1, variables: {}, ...nothing };
  const reload = tenant.runner.start(app, request, { userId: app.ownerId ?? tenant.admin.id, type });
  const { tenantId } = tenant;
  return { status: 201, body: viewReload(reload, { tenantId, origin: call.origin, echo: 'both', log: false }) };
}

/** "Load data" in the data load editor: the engine tells of it, and there is no reload record (q-events-04). */
function editorLoad(tenant: Tenant, call: Call): Answer {
  const app = appOf(tenant, call);
  const reloadId = tenant.chance.uuid();
  const userId = app.ownerId ?? tenant.admin.id;
  const { durationMs } = app;
  const outcome = tenant.apps.takeOutcome(app);
  tenant.clock.after(durationMs, () => {
    const time = tenant.clock.now();
    const attempt = { reloadId, partial: false, succeeded: outcome === 'succeeded', durationMs };
    const context = { chance: tenant.chance, tenantId: tenant.tenantId, ownerId: userId, userId, time };
    tenant.publisher.publish(APP_RELOAD_FINISHED, () => appReloadFinished(attempt, app, context));
  });
  return { status: 202, body: { reloadId } };
}

function putFaults(tenant: Tenant, call: Call, isApiRoute: (name: string) => boolean): Answer {
  tenant.faults.replace(jsonBody(call), isApiRoute);
  return ok({ data: tenant.faults.left() });
}

function putSwitches(tenant: Tenant, call: Call): Answer {
  tenant.switches.merge(jsonObject(call));
  return ok(tenant.switches.all());
}

async function getJournal(tenant: Tenant, call: Call): Promise<Answer> {
  const after = wholeNumber(call, 'after');
  const waitMs = Math.min(wholeNumber(call, 'waitMs'), LONGEST_WAIT_MS);
  const data = await tenant.journal.sinceOrWait(after, waitMs);
  return ok({ data, last: tenant.journal.last });
}

/** Sends any bytes as Qlik would send an event, also to a webhook that is not enabled; answers when the receiver has. */
async function deliver(tenant: Tenant, call: Call): Promise<Answer> {
  const { webhookId, body } = jsonObject(call);
  if (typeof body !== 'string') throw badRequest('body must be a string.');
  const webhook = tenant.webhooks.get(String(webhookId));
  if (webhook === undefined) throw notFound(`There is no webhook ${JSON.stringify(webhookId)}.`);
  const delivery = await sendAtOnce(tenant.sender, webhook, { eventType: 'custom', body: Buffer.from(body, 'utf8') });
  return ok(viewDelivery(delivery));
}

function appOf(tenant: Tenant, call: Call) {
  const app = tenant.apps.get(param(call, 'id'));
  if (app === undefined) throw notFound(`There is no app ${JSON.stringify(call.params['id'])}.`);
  return app;
}

function parseType(value: unknown): ReloadType {
  const type = RELOAD_TYPES.find((known) => known === (value ?? 'hub'));
  if (type === undefined) throw badRequest(`type must be one of ${RELOAD_TYPES.join(', ')}.`);
  return type;
}

function wholeNumber(call: Call, name: string): number {
  const text = call.query.get(name) ?? '0';
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} must be a whole number.`);
  return Number(text);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}
