import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantReady, TenantWanted } from '../support/processes.ts';
import { startProcess } from '../support/start-process.ts';
import { controlOf } from './control.ts';
import { startReceiver } from './receiver.ts';

const APPS = 500;
const PATIENCE_MS = 30_000;

export interface Delivered {
  /** How many webhooks came, and in how many seconds, from the first to the last. */
  readonly count: number;
  readonly seconds: number;
  readonly wanted: number;
}

/**
 * Starts a tenant in a process of its own, where so many reloads a second end for so long. Counts the webhooks that
 * come to this process.
 */
export async function deliver(perSecond: number, seconds: number): Promise<Delivered> {
  const receiver = await startReceiver();
  const apps = Array.from({ length: APPS }, (_, index) => ({ id: `app-${index}`, name: `App ${index}` }));
  const wanted: TenantWanted = { switches: { 'reloads.concurrency': 10_000 }, apps };
  const tenant = await startProcess<TenantReady>('tenant-process.ts', wanted);
  try {
    const { call } = controlOf(tenant.ready);
    const eventTypes = ['com.qlik.v1.reload.finished'];
    const secret = 's'.repeat(32);
    await call('POST', '/api/core/webhooks', { name: 'w', url: receiver.url, enabled: true, eventTypes, secret });
    const count = perSecond * seconds;
    const planned = Array.from({ length: count }, (_, index) => ({
      appId: `app-${index % APPS}`,
      afterMs: 1_000 + Math.floor((index * 1_000) / perSecond),
    }));
    await call('POST', '/_sim/schedule', planned);
    const until = performance.now() + seconds * 1_000 + PATIENCE_MS;
    while (receiver.arrivals.length < count && performance.now() < until) await sleep(100);
    const [first = 0, last = 0] = [receiver.arrivals[0], receiver.arrivals.at(-1)];
    return { count: receiver.arrivals.length, seconds: (last - first) / 1_000, wanted: count };
  } finally {
    await tenant.close();
    receiver.close();
  }
}
