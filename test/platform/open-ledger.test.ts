import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installLedger } from '../../src/ledger/install-ledger.ts';
import { neededLedger, openLedger } from '../../src/platform/open-ledger.ts';

describe('the ledger as an action opens it', () => {
  let store: EmbeddedStore;
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  const lines: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void lines.push(message) };
  const ports = { traceId: 't1', now: () => 1_800_000_000_000 as EpochMs, log };

  it('is none where no setting names it', () => {
    expect(openLedger({ COUCHDB_URL: '' }, 'storer', ports)).to.equal(undefined);
  });

  it('is asked for by an action that needs it, where no setting names it', () => {
    expect(() => neededLedger({ COUCHDB_URL: '' }, 'storer', ports)).to.throw(
      'The action storer needs a ledger, and the setting COUCHDB_URL is missing.',
    );
  });

  it('raises an alert for a document that CouchDB refuses for good', async () => {
    const COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const admin = { url: store.url, database: 'cascade', authorization };
    await installLedger({ store: admin, admin });
    const ledger = openLedger({ COUCHDB_URL }, 'storer', ports);
    const order = { _id: 'order:default:a:s:r1', body: { variables: { v: 'a\ud800b' } } };
    expect(await ledger?.put(order)).to.include({ kind: 'refused', isForGood: true });
    expect(await ledger?.get(`alert:not-stored:${order._id}`)).to.include({ kind: 'not-stored', traceId: 't1' });
    expect(lines).to.have.length(1);
  });
});
