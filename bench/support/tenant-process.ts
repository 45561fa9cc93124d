/** A simulated tenant in a process of its own. It gets its switches and apps, and answers with its address. */
import { once } from 'node:events';
import { startTenant } from '../../sim/start-tenant.ts';
import type { TenantReady, TenantWanted } from './processes.ts';

const [wanted] = (await once(process, 'message')) as [TenantWanted];
const tenant = await startTenant({ port: 0 });
const { url, tenantId, apiKey } = tenant;

async function control(method: string, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/_sim/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The simulated tenant answered ${response.status}: ${await response.text()}`);
}

await control('PUT', 'switches', wanted.switches);
await control('POST', 'apps', wanted.apps);
process.once('disconnect', () => void tenant.close());
process.send?.({ url, tenantId, apiKey } satisfies TenantReady);
