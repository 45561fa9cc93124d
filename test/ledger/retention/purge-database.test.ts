import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { purgeDatabase } from '../../../src/ledger/retention/purge-database.ts';

const DAY_MS = 86_400_000;

describe('a purge over HTTP', () => {
  let store: EmbeddedStore;
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  it('stops with the reason of its signal, and has removed nothing if the signal came first', async () => {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const call = (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${store.url}/${path}`, {
        ...{ method, headers: { authorization, 'content-type': 'application/json' } },
        ...(body && { body: JSON.stringify(body) }),
      });
    await call('PUT', 'ledger');
    const at = Date.now() - 100 * DAY_MS;
    const old = { schema: 1, type: 'alert', kind: 'quota', subject: 'default:old', message: 'Look.', traceId: 't', at };
    const id = 'ledger/alert:quota:default:old';
    expect((await call('PUT', id, { ...old, lastAt: at })).status).to.equal(201);

    const admin = { url: store.url, database: 'ledger', authorization };
    const stopped = new Error('stopped by a person');
    let reason: unknown;
    await purgeDatabase(admin, (30 * DAY_MS) as DurationMs, AbortSignal.abort(stopped)).catch((error: unknown) => {
      reason = error;
    });
    expect((reason as Error)?.cause).to.equal(stopped);
    expect((await call('GET', id)).status).to.equal(200);
    expect((await purgeDatabase(admin, (30 * DAY_MS) as DurationMs)).removed).to.equal(1);
    expect((await call('GET', id)).status).to.equal(404);
  });
});
