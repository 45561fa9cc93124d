import type { ServerResponse } from 'node:http';
import { wait } from '../clock.ts';
import { appRoutes } from '../routes/apps.ts';
import { auditRoutes } from '../routes/audits.ts';
import { collectionRoutes } from '../routes/collections.ts';
import { deliveryRoutes } from '../routes/deliveries.ts';
import { itemRoutes } from '../routes/items.ts';
import { oauthRoutes } from '../routes/oauth.ts';
import { productInfoRoutes } from '../routes/product-info.ts';
import { reloadRoutes } from '../routes/reloads.ts';
import { spaceRoutes } from '../routes/spaces.ts';
import { userRoutes } from '../routes/users.ts';
import { webhookRoutes } from '../routes/webhooks.ts';
import type { Tenant } from '../tenant.ts';
import type { Identity } from '../users.ts';
import { noSuchThing, Refusal, type TenantAnswer } from './answer.ts';
import { type ApiCall, isObject, jsonOrText, type TenantCall } from './call.ts';
import { failAsTold, refuseRate, refuseScope } from './refuse.ts';
import { createRouter } from './router.ts';

/** What has been found out about an API call, for the journal. */
export interface SeenCall {
  userId?: string;
  appId?: string | undefined;
  body?: unknown;
}

export interface Api {
  /** Whether `METHOD /path` is served. */
  readonly isRoute: (name: string) => boolean;
  /** Answers a call, or undefined if a fault leaves it without answer; notes in `seen` what it finds out. */
  readonly serve: (call: TenantCall, response: ServerResponse, seen: SeenCall) => Promise<TenantAnswer | undefined>;
}

/** What a real tenant has: `/oauth/token` for everybody, `/api` for those who have a token. */
export function createApi(tenant: Tenant): Api {
  const open = createRouter([...oauthRoutes(tenant), ...productInfoRoutes(tenant)]);
  const closed = createRouter([
    ...userRoutes(tenant),
    ...reloadRoutes(tenant),
    ...webhookRoutes(tenant),
    ...deliveryRoutes(tenant),
    ...appRoutes(tenant),
    ...itemRoutes(tenant),
    ...collectionRoutes(tenant),
    ...spaceRoutes(tenant),
    ...auditRoutes(tenant),
  ]);

  function admitted(route: string, call: ApiCall): ApiCall {
    refuseScope(call);
    refuseRate(tenant, route, call.user.id);
    return call;
  }

  /** What serves the call. Authentication comes before everything else under `/api` (q-tokens-07). */
  function find(call: TenantCall, identity: Identity | undefined) {
    if (identity === undefined) {
      const match = open(call.method, call.path);
      return match && { ...match, work: async () => match.route.handle({ ...call, params: match.params }) };
    }
    const match = closed(call.method, call.path);
    return (
      match && {
        ...match,
        work: async () =>
          match.route.handle(admitted(match.route.name, { ...call, ...identity, params: match.params })),
      }
    );
  }

  async function serve(call: TenantCall, response: ServerResponse, seen: SeenCall): Promise<TenantAnswer | undefined> {
    const identity = isClosed(call.path) ? identify(tenant, call) : undefined;
    if (identity !== undefined) seen.userId = identity.user.id;
    const latencyMs = tenant.switches.get('api.latencyMs');
    // While time stands, nobody could wait for it.
    if (latencyMs > 0 && !tenant.clock.isHeld) await wait(tenant.clock, latencyMs);
    const found = find(call, identity);
    if (found === undefined) throw noSuchThing(`There is no ${call.method} ${call.path}.`);
    if (found.route.name === 'POST /api/v1/reloads') seen.body = jsonOrText(call.body.toString('utf8'));
    seen.appId = appIdOf(call, seen.body, found.params['id']);
    const fault = tenant.faults.takeForCall(found.route.name, call.path, seen.appId);
    if (fault !== undefined) tenant.keeper?.changed();
    return fault === undefined ? found.work() : failAsTold(fault, found.work, response, tenant.clock);
  }

  const isRoute = (name: string) => {
    const [method = '', path = ''] = name.split(' ');
    return open(method, path) !== undefined || closed(method, path) !== undefined;
  };
  return { isRoute, serve };
}

function isClosed(path: string): boolean {
  return path === '/api' || path.startsWith('/api/');
}

function identify(tenant: Tenant, call: TenantCall): Identity {
  const identity = tenant.users.identify(call.headers['authorization']?.toString());
  if (identity === undefined) throw new Refusal(401, { code: 'HTTP-401', title: 'Unauthorized' });
  return identity;
}

/** The app that a call is about: named in the body, in the query, or in the path. */
function appIdOf(call: TenantCall, body: unknown, id: string | undefined): string | undefined {
  const named = isObject(body) ? body['appId'] : call.query.get('appId');
  if (typeof named === 'string') return named;
  return call.path.startsWith('/api/v1/apps/') ? id : undefined;
}
