import type { SwitchName } from '../switches.ts';
import type { Tenant } from '../tenant.ts';
import { Refusal } from './answer.ts';

/** The limits that are counted together. */
type Tier = 'tier 1' | 'tier 2' | 'reloads' | 'cancel';

const LIMIT_OF = {
  'tier 1': 'api.tier1Per5Min',
  'tier 2': 'api.tier2Per5Min',
  reloads: 'api.reloadsPer5Min',
  cancel: 'api.reloadsPer5Min',
} as const satisfies Record<Tier, SwitchName>;

/** 429 for a user who has used up what the route's tier allows in five minutes (q-rate-01 … 05). @throws Refusal 429 */
export function refuseRate(tenant: Tenant, route: string, userId: string): void {
  const tier = tierOf(route);
  const limit = tenant.switches.get(LIMIT_OF[tier]);
  const seconds = tenant.rate.take(`${tier} of ${userId}`, tenant.clock.now(), limit);
  if (seconds === 0) return;
  const detail = `You need to wait ${seconds} seconds until limit is lifted.`;
  const entry = { code: 'HTTP-429', title: 'API rate limit reached.', detail };
  throw new Refusal(429, entry, { 'Retry-After': String(seconds) });
}

/** Reading is tier 1, so is sending a delivery again; changing is tier 2; two calls have a limit of their own. */
function tierOf(route: string): Tier {
  if (route === 'POST /api/v1/reloads') return 'reloads';
  if (route === 'POST /api/v1/reloads/{id}/actions/cancel') return 'cancel';
  return route.startsWith('GET ') || route.endsWith('/actions/resend') ? 'tier 1' : 'tier 2';
}
