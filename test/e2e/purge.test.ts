import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { purgeConfiguredLedger } from '../../src/deploy/purge-configured-ledger.ts';
import { StoreProcess } from '../contract/couchdb/support/servers.ts';
import { startAlteringProxy } from '../support/altering-proxy.ts';
import { type CascadeWithLedger, cascadeWithLedger } from '../support/cascade-with-ledger.ts';
import { WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const UPSTREAM = '11111111-0000-4000-8000-000000000001';
const FOLLOWER = '22222222-0000-4000-8000-000000000002';
const CHAIN = `
chain: one
apps:
  upstream: { id: ${UPSTREAM} }
  follower: { id: ${FOLLOWER} }
reloads:
  - { app: follower, after: upstream }
`;
const AGE_MS = 40 * 86_400_000;
/** The number of runs of forty days ago. */
const OLD_RUNS = 40;

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

const never = new AbortController().signal;

/** An id of a reload, 24 hexadecimal digits. */
const oldReload = (run: number, which: 'a' | 'b'): string => `${which}${String(run).padStart(23, '0')}`;

/**
 * A document of an old run, made of one of today: its reloads have other ids, and its instants are forty days before.
 */
function aged(document: Json, run: number, upstream: string, follower: string): Json {
  const text = JSON.stringify({ ...document, _rev: undefined })
    .replaceAll(upstream, oldReload(run, 'a'))
    .replaceAll(follower, oldReload(run, 'b'));
  const old = JSON.parse(text);
  for (const [field, value] of Object.entries(old)) {
    if (/At$|^at$|^reportedEnd$/.test(field) && typeof value === 'number') old[field] = value - AGE_MS;
  }
  return old;
}

describe('a purge, while the store is killed', () => {
  const store = new StoreProcess();
  let cascade: CascadeWithLedger;
  before(async () => {
    await store.start();
    cascade = await cascadeWithLedger({
      chains: { 'one.yaml': CHAIN },
      apps: [{ id: UPSTREAM }, { id: FOLLOWER }],
      store: store.server,
    });
  });
  after(async () => {
    await cascade?.close();
    await store.close();
  });

  async function post(reloadId: string, time: string): Promise<Json> {
    const body = JSON.stringify({
      ...{ id: `event-${reloadId}`, type: 'com.qlik.v1.reload.finished', time },
      data: { id: reloadId, appId: UPSTREAM, status: 'SUCCEEDED', type: 'hub', endTime: time },
    });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    const response = await fetch(cascade.webhookUrl, { method: 'POST', body, headers });
    return { status: response.status, ...((await response.json()) as object) };
  }

  it('the next purge finishes it, what is open stays, and a webhook of a removed end starts nothing', async () => {
    const upstream = await cascade.reloadByHand(UPSTREAM);
    const of = async (prefix: string): Promise<Json> => (await cascade.documents(prefix))[0];
    await cascade.until('the run', async () => (await of('order:'))?.state === 'ended');
    await cascade.until('both events are resolved and recorded', async () => {
      const events = await cascade.documents('event:');
      return events.length === 2 && events.every((event) => 'resolvedAt' in event && 'recordedAt' in event);
    });
    const today = [
      ...(await cascade.documents('event:')),
      ...(await cascade.documents('order:')),
      ...(await cascade.documents('started:')),
    ];
    expect(today).to.have.length(4);
    const follower = (await of('order:')).reloadId;
    const docs = Array.from({ length: OLD_RUNS }, (_, run) =>
      today.map((each) => aged(each, run, upstream, follower)),
    ).flat();
    const written = await cascade.storeCall('POST', '_bulk_docs', { docs });
    expect(written.every(({ ok }: Json) => ok)).to.equal(true);
    // An order of an old run that is not over: nothing of its run may go.
    const open = await cascade.storeCall('GET', encodeURIComponent(`order:default:${FOLLOWER}:s:${oldReload(7, 'a')}`));
    const { outcome: _, endedAt: __, ...rest } = open;
    await cascade.storeCall('PUT', encodeURIComponent(open._id), {
      ...rest,
      state: 'parked',
      ends: [],
      dueAt: Date.now() + AGE_MS,
    });

    let purges = 0;
    const proxy = await startAlteringProxy(store.server.url, {
      async request(request) {
        if (!request.path.endsWith('/_purge')) return request;
        purges += 1;
        if (purges !== 3) return request;
        // The store gets the request, and is killed while it works on it.
        const headers = { authorization: String(request.headers['authorization']), 'content-type': 'application/json' };
        const killed = fetch(`${store.server.url}${request.path}`, {
          method: 'POST',
          headers,
          body: new Uint8Array(request.body),
        });
        await Promise.all([killed.catch(() => {}), store.restart('SIGKILL')]);
        return 'drop';
      },
    });
    const { username, password } = new URL(cascade.COUCHDB_URL);
    const COUCHDB_ADMIN_URL = Object.assign(new URL(proxy.url), { username, password }).href;
    const settings = { COUCHDB_URL: COUCHDB_ADMIN_URL, COUCHDB_ADMIN_URL };
    const whole = (await cascade.documents('')).length;
    const failure = await purgeConfiguredLedger(settings, never).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'STORE_UNAVAILABLE' });
    const half = await cascade.documents('');
    // Two requests removed 10 documents each. Nobody knows whether the third one did.
    expect(half.length).to.be.within(whole - 30, whole - 20);

    const purged = await purgeConfiguredLedger(settings, never).finally(() => proxy.close());
    expect(purged).to.deep.include({ stayed: 0 });
    const left = (await cascade.documents('')).filter(({ type }) => ['event', 'order', 'started'].includes(type));
    const kept = [upstream, follower, oldReload(7, 'a'), oldReload(7, 'b')];
    expect(
      left.every(({ _id }) => kept.some((reload) => _id.endsWith(reload))),
      left.map(({ _id }) => _id).join(),
    ).to.equal(true);
    expect(left.map(({ _id }) => _id)).to.include.members([
      ...today.map(({ _id }) => _id),
      open._id,
      `event:default:${oldReload(7, 'a')}`,
    ]);

    const before = await cascade.started();
    const old = await post(oldReload(3, 'a'), new Date(Date.now() - AGE_MS).toISOString());
    expect([old.status, old.accepted]).to.deep.equal([200, 0]);
    expect(old.ignored).to.deep.equal([{ appId: UPSTREAM, reason: 'too-old', reloadId: oldReload(3, 'a') }]);
    expect(await cascade.documents(`event:default:${oldReload(3, 'a')}`)).to.deep.equal([]);
    expect(await cascade.started()).to.deep.equal(before);
    // A new end goes its way as ever.
    await cascade.reloadByHand(UPSTREAM);
    await cascade.until('the next run', async () => (await cascade.started())[FOLLOWER] === 2);
  });
});
