/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Tests and
 * `npm start` control it over HTTP, below `/_sim`. This file has the part of that interface which is about apps.
 */

import { APP_OUTCOMES, type App, type AppOutcome, type AppSettings, USAGES } from '../apps.ts';
import { badRequest, found, ok, type TenantAnswer } from '../http/answer.ts';
import { jsonBody, param, type TenantCall } from '../http/call.ts';
import type { Routes } from '../http/router.ts';
import {
  NAMES,
  OFF,
  ON,
  parseEach,
  parseOneOrMore,
  parserOf,
  SPACE_OR_APP_ID,
  TEXT,
  UP_TO_TEN_YEARS,
  wholeNumber,
} from '../http/schema.ts';
import { startByHand } from '../reloads/perform-planned.ts';
import { RELOAD_TYPES, type ReloadType } from '../reloads/record.ts';
import { viewReload } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';
import { refusePending } from './reloads.ts';

/** The part of the control interface that is about apps. It adds apps, and lets things happen to them. */
export const appControlRoutes: Routes<TenantCall> = {
  'GET /_sim/apps': getApps,
  'POST /_sim/apps': postApps,
  'PUT /_sim/apps/{id}/next-outcomes': putNextOutcomes,
  'POST /_sim/apps/{id}/reload': startReload,
  'POST /_sim/schedule': schedule,
  'POST /_sim/apps/{id}/editor-load': startEditorLoad,
};

/** The longest duration of an attempt: about 25 days, far more than the 3 hours that a reload may run. */
const LONGEST_MS = 2_147_483_647;
const DURATION = { type: 'number', minimum: 0, maximum: LONGEST_MS };
const OUTCOME = { enum: APP_OUTCOMES };

const parseSettings = parserOf<AppSettings>('An app', {
  type: 'object',
  required: ['id', 'name'],
  additionalProperties: false,
  properties: {
    id: SPACE_OR_APP_ID,
    name: { type: 'string' },
    spaceId: TEXT,
    ownerId: TEXT,
    durationMs: {
      anyOf: [DURATION, { type: 'array', items: DURATION, minItems: 2, maxItems: 2 }],
      default: 0,
      description: `a number from 0 to ${LONGEST_MS}, or two: the least and the greatest`,
    },
    outcomes: { type: 'array', items: OUTCOME, minItems: 1, default: ['succeeded'] },
    engineAttempts: { ...wholeNumber(1, 10), default: 1 },
    errorMessage: TEXT,
    mayReload: ON,
    tags: NAMES,
    collections: NAMES,
    usage: { enum: USAGES, default: 'ANALYTICS' },
    isSessionApp: OFF,
    isSkipStore: OFF,
  },
});

function parseApp(value: unknown): AppSettings {
  const app = parseSettings(value);
  const [least, greatest] = [app.durationMs].flat();
  if (Number(least) > Number(greatest)) throw badRequest('durationMs must have the least before the greatest.');
  return app;
}

function getApps({ apps }: Tenant): TenantAnswer {
  return ok({ data: apps.all().map((app) => ({ ...app, nextOutcome: apps.nextOutcome(app) })) });
}

function postApps({ apps, collections }: Tenant, call: TenantCall): TenantAnswer {
  const settings = parseOneOrMore(jsonBody(call), parseApp);
  for (const app of settings) {
    for (const tag of app.tags) collections.named('public', tag);
    for (const name of app.collections) collections.named('publicgoverned', name);
  }
  return { status: 201, body: { data: settings.map((app) => apps.put(app)) } };
}

const parseOutcomes = parserOf<readonly AppOutcome[]>('The body', { type: 'array', items: OUTCOME });

function putNextOutcomes(tenant: Tenant, call: TenantCall): TenantAnswer {
  const { id } = askedApp(tenant, call);
  const data = parseOutcomes(jsonBody(call));
  tenant.apps.setNextOutcomes(id, data);
  return ok({ data });
}

interface AskedStart {
  readonly type: ReloadType;
  readonly afterMs: number;
}

const parseStart = parserOf<AskedStart>('The body', {
  type: 'object',
  properties: { type: { enum: RELOAD_TYPES, default: 'hub' }, afterMs: { ...UP_TO_TEN_YEARS, default: 0 } },
});

/** Starts a reload, now or later, as a person or a schedule does: without a call of the API. */
function startReload(tenant: Tenant, call: TenantCall): TenantAnswer {
  const app = askedApp(tenant, call);
  const { type, afterMs } = parseStart(call.body.length === 0 ? {} : jsonBody(call));
  if (afterMs > 0) {
    startLater(tenant, app, { type, afterMs });
    return { status: 202, body: { startsAt: tenant.clock.now() + afterMs } };
  }
  refusePending(tenant, app.id);
  const options = { tenantId: tenant.tenantId, origin: call.origin, echo: 'both', log: false } as const;
  return { status: 201, body: viewReload(startByHand(tenant, app, type), options) };
}

const parsePlanned = parserOf<AskedStart & { readonly appId: unknown }>('A reload to come', {
  type: 'object',
  required: ['afterMs'],
  properties: { appId: {}, type: { enum: RELOAD_TYPES, default: 'chronos' }, afterMs: UP_TO_TEN_YEARS },
});

/** Plans many reloads. If one is refused, none is planned. */
function schedule(tenant: Tenant, call: TenantCall): TenantAnswer {
  const planned = parseEach(jsonBody(call), (each) => {
    const { appId, ...start } = parsePlanned(each);
    return [appOf(tenant, String(appId)), start] as const;
  });
  for (const [app, start] of planned) startLater(tenant, app, start);
  return { status: 202, body: { data: planned.length } };
}

function startLater({ clock, schedule }: Tenant, app: App, { type, afterMs }: AskedStart): void {
  schedule.add({ kind: 'reload', app, type, dueAt: clock.now() + afterMs });
}

/** "Load data" in the data load editor: the engine sends an event, and there is no reload record (fact q-events-04). */
function startEditorLoad(tenant: Tenant, call: TenantCall): TenantAnswer {
  const app = askedApp(tenant, call);
  const reloadId = tenant.chance.uuid();
  const userId = app.ownerId ?? tenant.admin.id;
  const succeeded = tenant.apps.takeOutcome(app) === 'succeeded';
  const durationMs = tenant.apps.drawDuration(app);
  const dueAt = tenant.clock.now() + durationMs;
  tenant.schedule.add({ kind: 'editor-load-end', app, reloadId, userId, succeeded, durationMs, dueAt });
  return { status: 202, body: { reloadId } };
}

/** The app of the route's `{id}`. @throws Refusal 404 */
function askedApp(tenant: Tenant, call: TenantCall): App {
  return appOf(tenant, param(call, 'id'));
}

function appOf(tenant: Tenant, id: string): App {
  return found(tenant.apps.get(id), `app as ${JSON.stringify(id)}`);
}
