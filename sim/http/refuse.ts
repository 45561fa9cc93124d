/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file refuses
 * calls as Qlik would: over the rate limit, without the right, or because a test wants it.
 */

import type { ServerResponse } from 'node:http';
import { type Clock, wait } from '../clock.ts';
import type { ApiFault } from '../faults.ts';
import type { SwitchName } from '../switches.ts';
import type { Tenant } from '../tenant.ts';
import { forbidden, Refusal, type TenantAnswer } from './answer.ts';
import type { ApiCall } from './call.ts';

/** A group of routes with one rate limit. The calls of a tier are counted together. */
type Tier = 'tier 1' | 'tier 2' | 'reloads' | 'cancel';

const LIMIT_OF = {
  'tier 1': 'api.tier1Per5Min',
  'tier 2': 'api.tier2Per5Min',
  reloads: 'api.reloadsPer5Min',
  cancel: 'api.reloadsPer5Min',
} as const satisfies Record<Tier, SwitchName>;

/**
 * Counts a call of `route`, unless it is refused.
 *
 * @throws Refusal 429 if the user has made too many calls of the route's tier in five minutes (facts q-rate-01 … 05)
 */
export function refuseRate(tenant: Tenant, route: string, userId: string): void {
  const tier = tierOf(route);
  const limit = tenant.switches.get(LIMIT_OF[tier]);
  const seconds = tenant.rate.take(`${tier} of ${userId}`, tenant.clock.now(), limit);
  if (seconds === 0) return;
  const detail = `You need to wait ${seconds} seconds until limit is lifted.`;
  const entry = { code: 'HTTP-429', title: 'API rate limit reached.', detail };
  throw new Refusal(429, entry, { 'Retry-After': String(seconds) });
}

/**
 * The tier of a route. Tier 1: routes that read, or that send a delivery again. Tier 2: all others, except the start
 * and the cancellation of a reload.
 */
function tierOf(route: string): Tier {
  if (route === 'POST /api/v1/reloads') return 'reloads';
  if (route === 'POST /api/v1/reloads/{id}/actions/cancel') return 'cancel';
  return route.startsWith('GET ') || route.endsWith('/actions/resend') ? 'tier 1' : 'tier 2';
}

/** With one of these scopes, a token may do all that its user may do. Any other scope is for one kind of resource. */
const WIDE = ['user_default', 'admin_classic'];

/**
 * Checks the scopes of the caller's token. Scopes restrict what a token may do, and never add rights (fact
 * q-tokens-08). Of the scopes for one kind of resource, two things are known: a scope `…:read` allows no change, and
 * only `apps` allows a reload.
 *
 * @throws Refusal 403 if the scopes do not allow the call.
 */
export function refuseScope(call: ApiCall): void {
  const { scopes, method, path } = call;
  if (scopes === undefined || scopes.length === 0 || method === 'GET') return;
  const writing = scopes.filter((scope) => !scope.endsWith(':read'));
  const needed = path.startsWith('/api/v1/reloads') ? [...WIDE, 'apps'] : writing;
  if (!writing.some((scope) => needed.includes(scope))) throw forbidden('The scope of the token is too narrow.');
}

/**
 * Answers a call as `fault` says (a failure that a test asks for), and does the call's `work` if the fault says so.
 * Undefined means that no answer is sent.
 */
export async function answerWithFault(
  fault: ApiFault,
  work: () => Promise<TenantAnswer>,
  response: ServerResponse,
  clock: Clock,
): Promise<TenantAnswer | undefined> {
  const instead = { status: fault.status, headers: fault.headers, body: fault.body };
  switch (fault.kind) {
    case 'status':
      return instead;
    case 'status-after':
      await work();
      return instead;
    case 'drop-before':
      response.destroy();
      return undefined;
    case 'drop-after':
      await work();
      response.destroy();
      return undefined;
    case 'delay': {
      const late = await work();
      await wait(clock, fault.ms);
      return late;
    }
    case 'hang':
      return undefined;
    default:
      return fault.kind satisfies never;
  }
}
