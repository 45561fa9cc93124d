import type { App } from '../apps.ts';
import { badRequest, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { asObject, jsonBody, jsonObject, param, type TenantCall } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { parseApp, parseOutcomes } from '../parse-app.ts';
import { startByHand } from '../reloads/perform-planned.ts';
import { RELOAD_TYPES, type ReloadType } from '../reloads/record.ts';
import { viewReload } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';
import { refusePending } from './reloads.ts';

const LONGEST_MS = 10 * 365 * 24 * 3_600_000;

/** The part of the control interface that is about apps: what there are, and what happens to them. */
export function appControlRoutes(tenant: Tenant): readonly ApiRoute<TenantCall>[] {
  return [
    { name: 'GET /_sim/apps', handle: () => getApps(tenant) },
    { name: 'POST /_sim/apps', handle: (call) => postApps(tenant, call) },
    { name: 'PUT /_sim/apps/{id}/next-outcomes', handle: (call) => putNextOutcomes(tenant, call) },
    { name: 'POST /_sim/apps/{id}/reload', handle: (call) => startReload(tenant, call) },
    { name: 'POST /_sim/schedule', handle: (call) => schedule(tenant, call) },
    { name: 'POST /_sim/apps/{id}/editor-load', handle: (call) => editorLoad(tenant, call) },
  ];
}

function getApps({ apps }: Tenant): TenantAnswer {
  const data = apps.all().map((app) => ({ ...app, nextOutcome: apps.nextOutcome(app) }));
  return { status: 200, body: { data } };
}

function postApps(tenant: Tenant, call: TenantCall): TenantAnswer {
  const body = jsonBody(call);
  const settings = (Array.isArray(body) ? body : [body]).map((app: unknown) => parseApp(app));
  for (const { tags, collections } of settings) {
    for (const tag of tags) tenant.collections.named('public', tag);
    for (const name of collections) tenant.collections.named('publicgoverned', name);
  }
  return { status: 201, body: { data: settings.map((app) => tenant.apps.put(app)) } };
}

function putNextOutcomes(tenant: Tenant, call: TenantCall): TenantAnswer {
  const app = appOf(tenant, call);
  const body = jsonBody(call);
  const outcomes = Array.isArray(body) && body.length === 0 ? [] : parseOutcomes(body);
  tenant.apps.setNextOutcomes(app.id, outcomes);
  return { status: 200, body: { data: outcomes } };
}

/** A person or a schedule starts a reload, now or later, with no request by an API key. */
function startReload(tenant: Tenant, call: TenantCall): TenantAnswer {
  const app = appOf(tenant, call);
  const { type: given, afterMs = 0 } = call.body.length === 0 ? {} : jsonObject(call);
  const type = parseType(given);
  const ms = parseAfter(afterMs);
  if (ms > 0) {
    startLater(tenant, { app, type, afterMs: ms });
    return { status: 202, body: { startsAt: tenant.clock.now() + ms } };
  }
  refusePending(tenant, app.id);
  const { tenantId } = tenant;
  const options = { tenantId, origin: call.origin, echo: 'both', log: false } as const;
  return { status: 201, body: viewReload(startByHand(tenant, app, type), options) };
}

/** Many reloads to come, at once: all of them or, if one is refused, none. */
function schedule(tenant: Tenant, call: TenantCall): TenantAnswer {
  const body = jsonBody(call);
  if (!Array.isArray(body)) throw badRequest('The body must be an array of {appId, type?, afterMs}.');
  const planned = body.map((each: unknown) => parsePlanned(tenant, each));
  for (const each of planned) startLater(tenant, each);
  return { status: 202, body: { data: planned.length } };
}

interface Asked {
  readonly app: App;
  readonly type: ReloadType;
  readonly afterMs: number;
}

function parsePlanned(tenant: Tenant, value: unknown): Asked {
  const { appId, type = 'chronos', afterMs } = asObject(value, 'What is scheduled');
  const app = tenant.apps.get(String(appId));
  if (app === undefined) throw noSuchThing(`There is no app ${JSON.stringify(appId)}.`);
  return { app, type: parseType(type), afterMs: parseAfter(afterMs) };
}

function startLater(tenant: Tenant, { app, type, afterMs }: Asked): void {
  tenant.schedule.add({ kind: 'reload', app, type, dueAt: tenant.clock.now() + afterMs });
}

function parseAfter(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST_MS) return value;
  throw badRequest(`afterMs must be a whole number from 0 to ${LONGEST_MS} (ten years).`);
}

/** "Load data" in the data load editor: the engine tells of it, and there is no reload record (q-events-04). */
function editorLoad(tenant: Tenant, call: TenantCall): TenantAnswer {
  const app = appOf(tenant, call);
  const reloadId = tenant.chance.uuid();
  const userId = app.ownerId ?? tenant.admin.id;
  const succeeded = tenant.apps.takeOutcome(app) === 'succeeded';
  const durationMs = tenant.apps.drawDuration(app);
  const dueAt = tenant.clock.now() + durationMs;
  tenant.schedule.add({ kind: 'editor-load-end', app, reloadId, userId, succeeded, durationMs, dueAt });
  return { status: 202, body: { reloadId } };
}

function appOf(tenant: Tenant, call: TenantCall): App {
  const app = tenant.apps.get(param(call, 'id'));
  if (app === undefined) throw noSuchThing(`There is no app ${JSON.stringify(call.params['id'])}.`);
  return app;
}

function parseType(value: unknown): ReloadType {
  const type = RELOAD_TYPES.find((known) => known === (value ?? 'hub'));
  if (type === undefined) throw badRequest(`type must be one of ${RELOAD_TYPES.join(', ')}.`);
  return type;
}
