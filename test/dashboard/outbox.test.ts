import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signal } from '@preact/signals';
import { expect } from 'chai';
import { createActs } from '../../dashboard/acts.ts';
import { PageDocuments } from '../../dashboard/model/documents.ts';
import { createOutbox, type Outbox } from '../../dashboard/replica/outbox.ts';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { memoryOutbox } from '../support/memory-outbox.ts';
import { until } from '../support/until.ts';

const TICKET = 'ticket:reload:default:r1';
const NOW = 1_764_486_000_000 as EpochMs;

/** A device: its database, and what its page knows. */
function deviceOf(name: string, storeUrl: string, login: { user: string; password: string }) {
  const local = memoryOutbox(name);
  const documents = new PageDocuments();
  const configuration = { storeUrl, database: 'cascade' };
  const onDocuments = (taken: Parameters<PageDocuments['take']>[0]) => void documents.take(taken);
  const outbox = createOutbox({ local, configuration, login, onDocuments, isWrong: signal(false) });
  const acts = createActs({
    outbox,
    by: login.user,
    known: () => documents.of('act'),
    now: () => NOW,
    mayAct: signal(true),
  });
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
    expect(offline.acts.waiting.value.size).to.equal(1);
    const later = deviceOf(`b-${port}`, store.url, login);
    await later.outbox.open();
    expect([...later.documents.of('act').values()].map(({ value }) => value)).to.deep.equal(['data']);
    expect(later.acts.waiting.value.size).to.equal(1);
    await later.outbox.send();
    expect(later.acts.waiting.value.size).to.equal(0);
    expect(await storedActs()).to.deep.equal(['ann tag data']);
    await later.outbox.send();
    expect(await storedActs()).to.deep.equal(['ann tag data']);
  });

  it('takes a refused act off what is shown, says why, also in the next tab, and can drop it', async () => {
    const login = { user: 'bob', password: 'secret-1' };
    const first = deviceOf(`c-${port}`, store.url, login);
    await first.acts.add(TICKET, [{ kind: 'note', value: 'Me, too' }]);
    expect(first.documents.of('act').size).to.equal(1);
    await first.outbox.send();
    const next = deviceOf(`c-${port}`, store.url, login);
    await next.outbox.open();
    for (const { acts, documents } of [first, next]) {
      expect(acts.refused.value.map(({ act, why }) => [act.value, why])).to.deep.equal([
        ['Me, too', 'Only the desk may add acts: give the user the role cascade-desk.'],
      ]);
      expect([acts.waiting.value.size, documents.of('act').size]).to.deep.equal([0, 0]);
    }
    await next.acts.discard(next.acts.refused.value[0]?.act._id ?? '');
    expect(next.acts.refused.value).to.deep.equal([]);
    await first.outbox.send();
    expect(first.acts.refused.value).to.deep.equal([]);
    expect(await storedActs()).to.deep.equal([]);
  });

  it('may be sent by two tabs at once', async () => {
    const login = { user: 'ann', password: 'secret-1' };
    const [one, other] = [deviceOf(`e-${port}`, store.url, login), deviceOf(`e-${port}`, store.url, login)];
    await one.acts.add(TICKET, [{ kind: 'note', value: 'Once' }]);
    await other.outbox.open();
    await Promise.all([one.outbox.send(), other.outbox.send()]);
    await one.outbox.send();
    await other.outbox.send();
    expect([one.acts.waiting.value.size, other.acts.waiting.value.size]).to.deep.equal([0, 0]);
    expect(await storedActs()).to.deep.equal(['ann note Once']);
  });

  it('shows in one tab at once what the person does in another, and what became of it', async () => {
    const login = { user: 'ann', password: 'secret-1' };
    const [one, other] = [0, 1].map(() => deviceOf(`h-${port}`, 'http://127.0.0.1:1', login));
    await one?.outbox.open();
    await other?.outbox.open();
    await one?.acts.add(TICKET, [{ kind: 'note', value: 'Here' }]);
    await until('the other tab has it', () => other?.acts.waiting.value.size === 1);
    expect([...(other?.documents.of('act').values() ?? [])].map(({ value }) => value)).to.deep.equal(['Here']);
    const online = deviceOf(`h-${port}`, store.url, login);
    await online.outbox.open();
    await online.outbox.send();
    await until('the other tab knows that it is sent', () => other?.acts.waiting.value.size === 0);
    expect(other?.documents.of('act').size).to.equal(1);
  });

  it('sends both of two notes that a person makes on two devices at the same millisecond', async () => {
    const login = { user: 'ann', password: 'secret-1' };
    const devices = [deviceOf(`f-${port}`, store.url, login), deviceOf(`g-${port}`, store.url, login)];
    for (const { acts } of devices) await acts.add(TICKET, [{ kind: 'note', value: 'Same' }]);
    for (const { outbox } of devices) await outbox.send();
    expect(await storedActs()).to.deep.equal(['ann note Same', 'ann note Same']);
  });

  it('takes no act of more than 4,096 bytes', async () => {
    const { acts } = deviceOf(`d-${port}`, store.url, { user: 'ann', password: 'secret-1' });
    const told = await acts.add(TICKET, [{ kind: 'note', value: 'é'.repeat(2_048) }]);
    expect(told).to.match(/^This is too long: 4\d\d\d bytes, and at most 4096 are kept/);
    expect(acts.waiting.value.size).to.equal(0);
  });
});

/** A store that answers as a test says: to a question about the database, and to each act by its value. */
class ScriptedStore {
  readonly #server: Server;
  readonly puts: string[] = [];
  account = 200;
  /** CouchDB's reason to refuse the account. */
  why = '';
  acts: Readonly<Record<string, number>> = {};

  constructor() {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const value: string = request.method === 'PUT' ? JSON.parse(body).value : '';
      if (request.method === 'PUT') this.puts.push(value);
      const status = request.method === 'PUT' ? (this.acts[value] ?? 201) : this.account;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ reason: this.why || `No ${status}.` }));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

describe('the outbox of the page, if the store takes something not', () => {
  let store: ScriptedStore;
  let url = '';
  beforeEach(async () => {
    store = new ScriptedStore();
    url = await store.listen();
  });
  afterEach(() => store.close());
  /** Adds three acts without network; the store answers `status` to the second one. */
  async function threeActs(status: number, account: number) {
    const name = `s-${new URL(url).port}-${status}-${account}`;
    const login = { user: 'ann', password: 'secret-1' };
    const { acts, outbox } = deviceOf(name, 'http://127.0.0.1:1', login);
    await acts.add(TICKET, [
      { kind: 'note', value: 'one' },
      { kind: 'note', value: 'two' },
      { kind: 'note', value: 'three' },
    ]);
    await outbox.send();
    Object.assign(store, { acts: { two: status }, account });
    const later = deviceOf(name, url, login);
    await later.outbox.open();
    await later.outbox.send();
    return later;
  }

  for (const status of [400, 401, 403, 404, 405, 413, 415]) {
    it(`goes on after one act that is answered with ${status}, if the account is right`, async () => {
      const { acts } = await threeActs(status, 200);
      expect(store.puts).to.deep.equal(['one', 'two', 'three']);
      expect(acts.refused.value.map(({ act, why }) => [act.value, why])).to.deep.equal([['two', `No ${status}.`]]);
      expect([acts.waiting.value.size, acts.held.value]).to.deep.equal([0, undefined]);
    });
  }

  for (const [account, held, why] of [
    [401, 'wrong', ''],
    [403, 'no-role', ''],
    [403, 'locked', 'Account is temporarily locked due to multiple authentication failures'],
    [404, 'no-database', ''],
  ] as const) {
    it(`holds everything if the account is answered with ${account} (${held}), and sends it later`, async () => {
      store.why = why;
      const { acts, outbox } = await threeActs(account, account);
      expect(store.puts).to.deep.equal(['one', 'two']);
      expect([acts.waiting.value.size, acts.refused.value.length, acts.held.value]).to.deep.equal([2, 0, held]);
      Object.assign(store, { acts: {}, account: 200 });
      await outbox.send();
      expect(store.puts).to.deep.equal(['one', 'two', 'two', 'three']);
      expect([acts.waiting.value.size, acts.held.value]).to.deep.equal([0, undefined]);
    });
  }

  for (const [status, account] of [
    [408, 200],
    [429, 200],
    [500, 200],
    [503, 200],
    [403, 500],
  ] as const) {
    it(`waits after ${status}, if the account is answered with ${account}`, async () => {
      const { acts } = await threeActs(status, account);
      expect(store.puts).to.deep.equal(['one', 'two']);
      expect([acts.waiting.value.size, acts.refused.value.length, acts.held.value]).to.deep.equal([2, 0, undefined]);
    });
  }
});
