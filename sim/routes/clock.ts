import { badRequest, type TenantAnswer } from '../http/answer.ts';
import { jsonObject, type TenantCall } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';

const LONGEST_MS = 10 * 365 * 24 * 3_600_000;

/** The tenant's time: to be read, and to be moved on. */
export function clockRoutes(tenant: Tenant): readonly ApiRoute<TenantCall>[] {
  return [
    { name: 'GET /_sim/clock', handle: () => view(tenant) },
    { name: 'POST /_sim/clock', handle: (call) => advance(tenant, call) },
  ];
}

/** Answers when everything that became due has been done, deliveries included. */
async function advance(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const { advanceMs } = jsonObject(call);
  if (typeof advanceMs !== 'number' || !Number.isInteger(advanceMs) || advanceMs < 0 || advanceMs > LONGEST_MS) {
    throw badRequest(`advanceMs must be a whole number from 0 to ${LONGEST_MS} (ten years).`);
  }
  await tenant.clock.advance(advanceMs);
  return view(tenant);
}

function view({ clock }: Tenant): TenantAnswer {
  const now = clock.now();
  return { status: 200, body: { now, time: new Date(now).toISOString(), pace: clock.pace } };
}
