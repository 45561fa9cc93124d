import { expect } from 'chai';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import { createActs } from '../../dashboard/acts.ts';
import { PageDocuments } from '../../dashboard/model/documents.ts';
import { createOutbox, type Outbox, type OutboxDatabase } from '../../dashboard/replica/outbox.ts';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { until } from '../support/until.ts';

PouchDB.plugin(memory);
const TICKET = 'ticket:reload:default:r1';
const NOW = 1_764_486_000_000 as EpochMs;

/** A device: its database, and what its page knows. */
function deviceOf(name: string, storeUrl: string, login: { user: string; password: string }) {
  const local = new PouchDB(name, { adapter: 'memory' }) as unknown as OutboxDatabase;
  const documents = new PageDocuments();
  const configuration = { storeUrl, database: 'cascade' };
  const onDocuments = (taken: Parameters<PageDocuments['take']>[0]) => void documents.take(taken);
  const outbox = createOutbox({ local, configuration, login, onDocuments });
  const acts = createActs({ outbox, by: login.user, known: () => documents.of('act'), now: () => NOW });
  return { outbox, acts, documents };
}

describe('the outbox of the page', () => {
  let store: EmbeddedStore;
  let port = 0;
  const admin = () => ({ authorization: `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}` });
  const call = async (path: string, method = 'GET', body?: object) => {
    const headers = { ...admin(), 'content-type': 'application/json' };
    return (
      await fetch(`${store.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    ).json();
  };
  const storedActs = async () => {
    const query = 'include_docs=true&startkey="act:"&endkey="act;"';
    const { rows } = (await call(`/cascade/_all_docs?${query}`)) as { rows: { doc: Record<string, unknown> }[] };
    return rows.map(({ doc }) => `${doc['by']} ${doc['kind']} ${doc['value']}`);
  };
  const addPerson = (name: string, role: string) =>
    call(`/_users/org.couchdb.user:${name}`, 'PUT', { type: 'user', name, password: 'secret-1', roles: [role] });
  const isEmpty = ({ unsent }: Outbox) => until('everything is sent', () => unsent.value.size === 0, 10_000);

  beforeEach(async () => {
    store = await startStore({ port: 0 });
    port = Number(new URL(store.url).port);
    await installConfiguredLedger({
      COUCHDB_URL: Object.assign(new URL(store.url), { username: store.user, password: store.password }).href,
    });
    await addPerson('ann', 'cascade-desk');
    await addPerson('bob', 'cascade-reader');
  });
  afterEach(() => store.close());

  it('sends what a person does, and shows it at once', async () => {
    const { acts, outbox, documents } = deviceOf(`a-${port}`, store.url, { user: 'ann', password: 'secret-1' });
    expect(
      await acts.add(TICKET, [
        { kind: 'own', value: 'ann' },
        { kind: 'note', value: 'I look' },
      ]),
    ).to.equal(undefined);
    expect([...documents.of('act').values()].map(({ kind, at }) => [kind, at])).to.deep.equal([
      ['own', NOW],
      ['note', NOW + 1],
    ]);
    await isEmpty(outbox);
    expect(await storedActs()).to.deep.equal(['ann own ann', 'ann note I look']);
  });

  it('keeps what is done without network, also for the next tab, and sends it on return', async () => {
    const login = { user: 'ann', password: 'secret-1' };
    const offline = deviceOf(`b-${port}`, 'http://127.0.0.1:1', login);
    await offline.acts.add(TICKET, [{ kind: 'tag', value: 'data' }]);
    await offline.outbox.send();
    expect([...offline.acts.unsent.value.values()]).to.deep.equal([{}]);
    const later = deviceOf(`b-${port}`, store.url, login);
    await later.outbox.open();
    expect([...later.documents.of('act').values()].map(({ value }) => value)).to.deep.equal(['data']);
    expect(later.acts.unsent.value.size).to.equal(1);
    await later.outbox.send();
    expect(later.acts.unsent.value.size).to.equal(0);
    expect(await storedActs()).to.deep.equal(['ann tag data']);
    await later.outbox.send();
    expect(await storedActs()).to.deep.equal(['ann tag data']);
  });

  it('says why the store refuses an act, goes on with the next one, and can drop it', async () => {
    const { acts, outbox, documents } = deviceOf(`c-${port}`, store.url, { user: 'bob', password: 'secret-1' });
    await acts.add(TICKET, [{ kind: 'note', value: 'Me, too' }]);
    await outbox.send();
    const [[id = '', state] = []] = [...acts.unsent.value];
    expect(state?.refused).to.match(/Only the desk may add acts/);
    await acts.discard(id);
    expect(acts.unsent.value.size).to.equal(0);
    expect(documents.of('act').size).to.equal(0);
    expect(await storedActs()).to.deep.equal([]);
  });

  it('takes no act of more than 4,096 bytes', async () => {
    const { acts } = deviceOf(`d-${port}`, store.url, { user: 'ann', password: 'secret-1' });
    const told = await acts.add(TICKET, [{ kind: 'note', value: 'é'.repeat(2_048) }]);
    expect(told).to.match(/^This is too long: 4\d\d\d bytes, and at most 4096 are kept/);
    expect(acts.unsent.value.size).to.equal(0);
  });
});
