import { expect } from 'chai';
import { largestEvent, largestOrder } from '../../../bench/large/largest-documents.ts';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import { seconds } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { A, at, BOUND, checkpoint, DEFAULT, rig } from './support/rig.ts';

const APP = { tenant: DEFAULT, appId: A };

describe('the sweep over more than one answer can hold', () => {
  let store: EmbeddedStore;
  let couch: CouchPort;
  before(async () => {
    store = await startStore({ port: 0 });
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const admin = { url: store.url, database: 'cascade', authorization };
    await installLedger({ store: admin, admin });
    couch = httpCouchdb(admin, { stopwatch: () => performance.now(), timeout: seconds(10) });
  });
  after(() => store.close());

  it('hands on every due order, and an event that is due behind them', async () => {
    const orders = Array.from({ length: 150 }, (_, index) => largestOrder(APP, index, at('11:00')));
    const { resolvedAt: _, ...event } = largestEvent(APP, 150, at('11:00'));
    const written = await couch.bulk([BOUND, ...orders, { ...event, dueAt: at('11:30') }]);
    expect(written.every(({ kind }) => kind === 'stored')).to.equal(true);
    await couch.put(checkpoint('11:55', { store: await couch.identity() }));
    const batch = await rig().sweep(undefined, { store: { ...couch, now: () => at('12:00') } });
    expect(batch.due).to.have.members(orders.map(({ _id }) => _id));
    expect(batch.events.map(({ reloadId }) => reloadId)).to.deep.equal(['large-000150']);
  });
});
