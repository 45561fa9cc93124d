import { attemptBody, finalBody } from './bodies.ts';
import { isTheirs, theirTenant } from './other-names.ts';
import type { SimReload } from './tenant-model.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
/** One day in five has another deployment. */
const LIKELIHOOD = 0.2;
const MEAN_PAUSE_MINUTES = 40;

/**
 * Plans what another deployment on our database does. It sweeps, takes up orders that are due, and hears of ends in its
 * own tenants. These tenants are elsewhere, have the same names as ours or other names, and have apps with the ids of
 * ours. The deployment has random numbers of its own, so that it changes no other day.
 */
export function planAnotherDeployment(world: World): void {
  const { scheduler, faults, other, otherTopology, store } = world;
  const random = world.random('another deployment');
  if (!random.chance(LIKELIHOOD)) return;
  for (const tenant of otherTopology.tenants.filter(isTheirs)) store.put('deployment', theirTenant(tenant));
  const next = (): void => {
    if (scheduler.now >= world.until) return;
    scheduler.after(random.between(1, 2 * MEAN_PAUSE_MINUTES) * MINUTE_MS, next);
    if (!faults.may('other-deployment')) return;
    faults.count('other-deployment');
    const { tenant, appId } = random.pick(otherTopology.apps);
    const reloadId = random.between(2 ** 40, 2 ** 44).toString(16);
    const does = random.pick([
      () => other.sweep(),
      () => takeUp(),
      () => other.webhook(announced(tenant, ended(appId, reloadId))),
      () => other.webhook(announced(tenant, attempt(appId, reloadId))),
    ]);
    scheduler.start(async () => void (await does()));
  };

  const takeUp = async (): Promise<void> => {
    const orders = store.all().filter(({ type, dueAt }) => type === 'order' && dueAt !== undefined);
    if (orders.length === 0) return;
    await other.run('reload', { request: { traceId: 't', due: random.pick(orders)._id, wake: true } });
  };
  const about = () => ({ eventId: `e-${scheduler.now}`, time: scheduler.now });
  const ended = (appId: string, id: string): object => {
    const reload = { id, appId, userId: 'somebody', type: 'hub', body: {}, status: 'SUCCEEDED' } as const;
    const times = { acceptedAt: scheduler.now, shownFrom: scheduler.now };
    return finalBody(about(), { ...reload, ...times } as SimReload, false);
  };
  const attempt = (appId: string, reloadId: string): object =>
    attemptBody(about(), { appId, reloadId, isOk: true, isPartial: false, endedAt: scheduler.now });
  const announced = (tenant: string, body: object) => ({ tenant, body: JSON.stringify(body) });
  next();
}
