import type { Tenant } from '../tenant.ts';

/** Whether the app has a reload that forbids another one. */
export function isPending(tenant: Pick<Tenant, 'switches' | 'reloads'>, appId: string): boolean {
  const covers = tenant.switches.get('reloads.pendingCovers');
  return tenant.reloads.active(appId).some((reload) => covers === 'active' || reload.status === 'QUEUED');
}
