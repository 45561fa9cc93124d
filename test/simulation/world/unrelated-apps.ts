import type { Link } from '../../../src/core/link.ts';
import type { AppId, AppRef, ChainName, TenantName } from '../../../src/core/names.ts';
import type { Topology } from './topology.ts';

const TENANT = 'default' as TenantName;
const ROOT: AppRef = { tenant: TENANT, appId: 'root' as AppId };

/** The app with a number in `unrelatedApps`. */
export const numberedApp = (index: number): AppRef => ({
  tenant: TENANT,
  appId: `app-${String(index).padStart(3, '0')}` as AppId,
});

/** Apps of one chain that never set each other off: all of them follow an app that never ends. */
export function unrelatedApps(count: number): Topology {
  const apps = Array.from({ length: count }, (_, index) => numberedApp(index));
  const links = apps.map(
    (target): Link => ({
      ...{ chain: 'apart' as ChainName, after: ROOT, target, on: 'succeeded', clause: 's', body: {}, paused: false },
    }),
  );
  return { tenants: [TENANT], apps: [ROOT, ...apps], stranger: { tenant: TENANT, appId: 'stranger' as AppId }, links };
}
