import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { TenantModel } from './tenant-model.ts';
import type { Topology } from './topology.ts';

/** Draws upstreams that a credential without TenantAdmin cannot see, or cannot list. */
export function drawUnseen(
  { apps, links }: Topology,
  tenants: ReadonlyMap<string, TenantModel>,
  random: Random,
  faults: Faults,
): void {
  const roots = apps.filter(({ appId }) => !links.some(({ target }) => target.appId === appId));
  for (const [name, tenant] of tenants) {
    const [isHidden, isUnlistable] = [random.chance(0.5), random.chance(0.5)];
    const [first, second] = roots.filter((app) => app.tenant === name);
    if (tenant.traits.isAdmin) continue;
    if (isUnlistable && first !== undefined && faults.may('app-unlistable'))
      tenant.unseen.set(first.appId, random.pick(['list-refused', 'list-fails']));
    const hidden = tenant.unseen.size === 0 ? first : second;
    if (isHidden && hidden !== undefined && faults.may('app-unseen')) tenant.unseen.set(hidden.appId, 'hidden');
  }
}
