/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file answers
 * one call of Qlik's API: it identifies the caller, and passes the call to its route.
 */

import type { ServerResponse } from 'node:http';
import { wait } from '../clock.ts';
import { appRoutes } from '../routes/apps.ts';
import { auditRoutes } from '../routes/audits.ts';
import { collectionRoutes } from '../routes/collections.ts';
import { deliveryRoutes } from '../routes/deliveries.ts';
import { identityRoutes } from '../routes/identity.ts';
import { itemRoutes } from '../routes/items.ts';
import { reloadRoutes } from '../routes/reloads.ts';
import { spaceRoutes } from '../routes/spaces.ts';
import { webhookRoutes } from '../routes/webhooks.ts';
import type { Tenant } from '../tenant.ts';
import type { Identity } from '../users.ts';
import { notFound, Refusal, type TenantAnswer } from './answer.ts';
import { type ApiCall, isObject, jsonOrText, type TenantCall } from './call.ts';
import { answerWithFault, refuseRate, refuseScope } from './refuse.ts';
import { createRouter } from './router.ts';

/**
 * What the journal (the tenant's list of what happened) shows of an API call. A field is absent if it is not known.
 * `body` is there only if the call asks for a reload.
 */
export interface SeenCall {
  userId?: string;
  appId?: string | undefined;
  body?: unknown;
}

const findRoute = createRouter<ApiCall>({
  ...identityRoutes,
  ...reloadRoutes,
  ...webhookRoutes,
  ...deliveryRoutes,
  ...appRoutes,
  ...itemRoutes,
  ...collectionRoutes,
  ...spaceRoutes,
  ...auditRoutes,
});

/** Whether the API serves `METHOD /path`. */
export function isApiRoute(name: string): boolean {
  const [method = '', path = ''] = name.split(' ');
  return findRoute(method, path) !== undefined;
}

/**
 * Answers a call as a real tenant does. If there is a fault for the call (a failure that a test asks for), the answer
 * is what the fault says; undefined means that no answer is sent. `seen` gets what the journal shows about the call.
 *
 * @throws Refusal if the call is refused.
 */
export async function serveApi(
  tenant: Tenant,
  call: TenantCall,
  response: ServerResponse,
  seen: SeenCall,
): Promise<TenantAnswer | undefined> {
  // Under /api, the caller is identified before everything else (fact q-tokens-07).
  const identity = /^\/api(\/|$)/.test(call.path) ? identify(tenant, call) : undefined;
  if (identity !== undefined) seen.userId = identity.user.id;
  const latencyMs = tenant.switches.get('api.latencyMs');
  // No wait while time stands still: it would last until somebody releases the clock.
  if (latencyMs > 0 && !tenant.clock.isHeld) await wait(tenant.clock, latencyMs);
  const route = findRoute(call.method, call.path);
  if (route === undefined) throw notFound(`There is no ${call.method} ${call.path}.`);
  if (route.name === 'POST /api/v1/reloads') seen.body = jsonOrText(call.body.toString('utf8'));
  seen.appId = appIdOf(call, seen.body, route.params['id']);
  const work = async () => {
    // A call outside /api has no user. The routes there do not use it.
    const known = { ...call, ...identity, params: route.params } as ApiCall;
    if (identity !== undefined) {
      refuseScope(known);
      refuseRate(tenant, route.name, identity.user.id);
    }
    return route.handle(tenant, known);
  };
  const fault = tenant.faults.takeForCall(route.name, call.path, seen.appId);
  if (fault === undefined) return work();
  tenant.keeper?.changed();
  return answerWithFault(fault, work, response, tenant.clock);
}

function identify(tenant: Tenant, call: TenantCall): Identity {
  const identity = tenant.users.identify(call.headers['authorization']?.toString());
  if (identity === undefined) throw new Refusal(401, { code: 'HTTP-401', title: 'Unauthorized' });
  return identity;
}

/** The app that a call is about: its id is in the body, in the query, or in the path. */
function appIdOf(call: TenantCall, body: unknown, id: string | undefined): string | undefined {
  const named = isObject(body) ? body['appId'] : call.query.get('appId');
  if (typeof named === 'string') return named;
  return call.path.startsWith('/api/v1/apps/') ? id : undefined;
}
