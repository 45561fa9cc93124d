import { type SimTenant, startTenant } from '../../sim/start-tenant.ts';
import { median } from '../statistics.ts';
import { type Control, controlOf } from './control.ts';

const RECORDS_OF_AN_APP = 10;
const ROUNDS = 300;
const WARM_UP_ROUNDS = 100;

export interface ListTimes {
  /** The time of one call with few records, in ms. */
  readonly fewMs: number;
  readonly manyMs: number;
}

/**
 * Measures how long `GET /api/v1/reloads?appId=…` takes with few and with many records in the tenant, ten for each app.
 * The results are medians of calls by turns.
 */
export async function measureLists(fewRecords: number, manyRecords: number): Promise<ListTimes> {
  const tenants: SimTenant[] = [];
  try {
    const fill = async (records: number): Promise<() => Promise<number>> => {
      const tenant = await startTenant({ port: 0, clock: 'hand', seed: 'lists' });
      tenants.push(tenant);
      const control = controlOf(tenant);
      const apps = await fillTenant(control, records);
      let turn = 0;
      return () => timeOfList(control, `app-${(turn++ * 7) % apps}`);
    };
    const [few, many] = [await fill(fewRecords), await fill(manyRecords)];
    const taken: { few: number; many: number }[] = [];
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const times = { few: await few(), many: await many() };
      if (round >= 0) taken.push(times);
    }
    return { fewMs: median(taken.map((each) => each.few)), manyMs: median(taken.map((each) => each.many)) };
  } finally {
    await Promise.all(tenants.map((tenant) => tenant.close()));
  }
}

async function fillTenant({ call }: Control, records: number): Promise<number> {
  const count = records / RECORDS_OF_AN_APP;
  const apps = Array.from({ length: count }, (_, index) => ({ id: `app-${index}`, name: `App ${index}` }));
  await call('POST', '/_sim/apps', apps);
  await call('PUT', '/_sim/switches', { 'reloads.concurrency': 10_000 });
  for (let round = 1; round <= RECORDS_OF_AN_APP; round += 1) {
    await call(
      'POST',
      '/_sim/schedule',
      apps.map(({ id }) => ({ appId: id, afterMs: 1000 })),
    );
    await call('POST', '/_sim/clock', { advanceMs: 2000 });
  }
  return count;
}

async function timeOfList({ call }: Control, appId: string): Promise<number> {
  const startedAt = performance.now();
  const { data } = (await (await call('GET', `/api/v1/reloads?appId=${appId}`)).json()) as { data: unknown[] };
  const takenMs = performance.now() - startedAt;
  if (data.length !== RECORDS_OF_AN_APP) throw new Error(`${appId} has ${data.length} records.`);
  return takenMs;
}
