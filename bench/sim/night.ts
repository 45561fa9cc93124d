import { startTenant } from '../../sim/start-tenant.ts';
import { controlOf } from './control.ts';
import { startReceiver } from './receiver.ts';

const DAY_MS = 24 * 3_600_000;
const APPS = 100;
const EVENT_TYPES = ['com.qlik.v1.reload.finished'];

export interface Night {
  readonly takenMs: number;
  readonly reloads: number;
  readonly deliveries: number;
  /** The text of the tenant's journal. */
  readonly journal: string;
}

/**
 * Simulates a day of 24 hours with so many scheduled reloads and the webhooks of their ends. The time includes the call
 * that sets the schedule.
 */
export async function simulateNight(reloads: number, seed: string): Promise<Night> {
  const receiver = await startReceiver();
  const tenant = await startTenant({ port: 0, clock: 'hand', seed });
  try {
    const { call } = controlOf(tenant);
    const outcomes = ['succeeded', 'succeeded', 'failed'];
    const app = (index: number) => ({
      id: `app-${index}`,
      name: `App ${index}`,
      durationMs: [1_000, 600_000],
      outcomes,
    });
    await call(
      'POST',
      '/_sim/apps',
      Array.from({ length: APPS }, (_, index) => app(index)),
    );
    await call('POST', '/api/core/webhooks', {
      name: 'night',
      url: receiver.url,
      enabled: true,
      eventTypes: EVENT_TYPES,
    });
    const startedAt = performance.now();
    const planned = Array.from({ length: reloads }, (_, index) => ({
      appId: `app-${index % APPS}`,
      afterMs: Math.floor(((index + 1) * (DAY_MS - 3_600_000)) / reloads),
    }));
    await call('POST', '/_sim/schedule', planned);
    await call('POST', '/_sim/clock', { advanceMs: DAY_MS });
    const takenMs = performance.now() - startedAt;
    const journal = await (await call('GET', '/_sim/journal')).text();
    const { data } = JSON.parse(journal) as { data: readonly { kind: string; status: string; startTime?: string }[] };
    const ended = data.filter(
      ({ kind, status }) => kind === 'reload' && (status === 'SUCCEEDED' || status === 'FAILED'),
    );
    return { takenMs, reloads: ended.length, deliveries: receiver.arrivals.length, journal };
  } finally {
    await tenant.close();
    receiver.close();
  }
}
