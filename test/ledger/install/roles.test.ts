import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchDatabase } from '../../../src/clients/couchdb/couch-database.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { type AlteringProxy, startAlteringProxy, withJson } from '../../support/altering-proxy.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

/** The function that deployment wrote before the names of roles had the name of their database. */
const OLD_FUNCTION = `function (newDoc, oldDoc, user) {
  if (user.roles.indexOf('cascade-writer') !== -1 || user.roles.indexOf('_admin') !== -1) return;
  throw { forbidden: 'Only writers may change the ledger: give the user the role cascade-writer.' };
}`;

let store: EmbeddedStore;
/** Ends what a test left running, however it ended. */
let ends: (() => Promise<unknown>)[] = [];

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const as = (database: string, user: string, password: string): CouchDatabase => ({
  url: store.url,
  database,
  authorization: basic(user, password),
});
const adminOf = (database: string): CouchDatabase => as(database, store.user, store.password);
const couchOf = (target: CouchDatabase) => httpCouchdb(target, { stopwatch: () => 0, timeout: 10_000 as DurationMs });

async function ask(method: string, path: string, body?: object, authorization?: string): Promise<Json> {
  const headers = {
    authorization: authorization ?? basic(store.user, store.password),
    'content-type': 'application/json',
  };
  const answer = await fetch(`${store.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return answer.json();
}

/** A ledger as the version before left it, with the user of its actions. */
async function oldLedger(database: string, user: string): Promise<CouchDatabase> {
  await ask('PUT', `/${database}`);
  const _id = `org.couchdb.user:${user}`;
  await ask('PUT', `/_users/${_id}`, { _id, type: 'user', name: user, password: 'pw', roles: ['cascade-writer'] });
  await ask('PUT', `/${database}/_security`, {
    admins: { names: [], roles: ['_admin'] },
    members: { names: [], roles: ['_admin', 'cascade-reader', 'cascade-writer'] },
  });
  const access = { _id: '_design/cascade-access', language: 'javascript', validate_doc_update: OLD_FUNCTION };
  await ask('PUT', `/${database}/_design/cascade-access`, access);
  await ask('PUT', `/${database}/schema`, { schema: 1, type: 'schema', version: 1 });
  return as(database, user, 'pw');
}

let writes = 0;

/** What a running action gets as its answer when it writes. */
async function writesAs(target: CouchDatabase): Promise<string> {
  writes += 1;
  const written = await couchOf(target)
    .put({ _id: `w${writes}` })
    .catch((error: Error) => error.message);
  return typeof written === 'string' || written.kind !== 'stored' ? JSON.stringify(written) : 'stored';
}

const rolesOf = async (user: string): Promise<string[]> => (await ask('GET', `/_users/org.couchdb.user:${user}`)).roles;

describe('the roles of a ledger', () => {
  before(async () => {
    store = await startStore({ port: 0 });
  });
  afterEach(async () => {
    for (const end of ends) await end();
    ends = [];
  });
  after(() => store.close());

  it('are its database’s own: of two deployments on one server neither reads the other’s ledger', async () => {
    const [one, two] = [as('one', 'user-one', 'pw1'), as('two', 'user-two', 'pw2')];
    for (const target of [one, two]) await installLedger({ store: target, admin: adminOf(target.database) });
    expect([await writesAs(one), await writesAs(two)]).to.deep.equal(['stored', 'stored']);
    for (const [user, database] of [
      [one, 'two'],
      [two, 'one'],
    ] as const) {
      const path = (rest: string) => ask('GET', `/${database}${rest}`, undefined, user.authorization);
      const forbidden = { error: 'forbidden', reason: 'You are not allowed to access this db.' };
      for (const rest of ['', '/schema', '/_all_docs', '/_changes', '/_security']) {
        expect(await path(rest), `${database}${rest}`).to.deep.equal(forbidden);
      }
      expect(await ask('PUT', `/${database}/x`, {}, user.authorization)).to.deep.equal(forbidden);
    }
  });

  it('keep their names where the database is called cascade: the desk’s is added, and the function knows it', async () => {
    const user = await oldLedger('cascade', 'user-c');
    expect(await installLedger({ store: user, admin: adminOf('cascade') })).to.deep.equal([
      'roles cascade-reader, cascade-desk and cascade-writer',
      'write access for writers, and for the desk’s acts',
      'index due-at',
      'index ended-at',
      'index created-at',
      'index run',
      'since when people are notified',
    ]);
    expect(await writesAs(user)).to.equal('stored');
    expect(await rolesOf('user-c')).to.deep.equal(['cascade-writer']);
    await ask('DELETE', '/cascade');
  });

  it('get their names under actions that run: user, members, function; then the old ones go', async () => {
    const user = await oldLedger('sales', 'user-s');
    expect(await installLedger({ store: user, admin: adminOf('sales') })).to.deep.equal([
      'role sales-writer of user user-s',
      'roles sales-reader, sales-desk and sales-writer',
      'write access for writers, and for the desk’s acts',
      'no more access for cascade-reader and cascade-writer',
      'no more role cascade-writer of user user-s',
      'index due-at',
      'index ended-at',
      'index created-at',
      'index run',
      'since when people are notified',
    ]);
    expect(await installLedger({ store: user, admin: adminOf('sales') })).to.deep.equal([]);
    expect(await ask('GET', '/sales/_security')).to.deep.equal({
      admins: { names: [], roles: ['_admin'] },
      members: { names: [], roles: ['_admin', 'sales-reader', 'sales-desk', 'sales-writer'] },
    });
    expect(await rolesOf('user-s')).to.deep.equal(['sales-writer']);
    expect(await writesAs(user)).to.equal('stored');
  });

  /** Sends what the installation sends, and cuts it off for good after so many of its writes. */
  async function cutAfter(count: number): Promise<AlteringProxy> {
    let written = 0;
    const proxy = await startAlteringProxy(store.url, {
      request: (request) => (written >= count ? 'drop' : request),
      answer: (answer, { method }) => {
        if (method !== 'GET') written += 1;
        return written >= count ? 'drop' : answer;
      },
    });
    ends.push(() => proxy.close());
    return proxy;
  }

  // The user, _security, the function, _security, the user, the index.
  for (const count of [1, 2, 3, 4, 5, 6]) {
    it(`refuse no action that runs, where deployment dies after write ${count} and is done again`, async () => {
      const database = `cut${count}`;
      const user = await oldLedger(database, `user-${count}`);
      const proxy = await cutAfter(count);
      const through = { ...adminOf(database), url: proxy.url };
      const told = new Set<string>();
      let isRunning = true;
      const running = (async () => {
        while (isRunning) told.add(await writesAs(user));
      })();
      ends.push(() => {
        isRunning = false;
        return running;
      });
      const died = await installLedger({ store: user, admin: through }).then(
        () => 'no',
        (error: { code: string }) => error.code,
      );
      expect(died).to.equal('STORE_UNAVAILABLE');
      told.add(await writesAs(user));
      await installLedger({ store: user, admin: adminOf(database) });
      told.add(await writesAs(user));
      isRunning = false;
      await running;
      expect([...told]).to.deep.equal(['stored']);
      expect(await rolesOf(`user-${count}`)).to.deep.equal([`${database}-writer`]);
      const { members } = await ask('GET', `/${database}/_security`);
      expect(members.roles).to.deep.equal(['_admin', `${database}-reader`, `${database}-desk`, `${database}-writer`]);
    });
  }

  it('leave a user the old one that another ledger on the server still asks for, and say so each time', async () => {
    const shared = await oldLedger('first', 'user-f');
    await oldLedger('second', 'user-f2');
    const kept =
      'user user-f keeps the role cascade-writer, with which it reads second: take it off in _users if it is not the user of that ledger';
    expect(await installLedger({ store: shared, admin: adminOf('first') })).to.include(kept);
    expect(await installLedger({ store: shared, admin: adminOf('first') })).to.deep.equal([kept]);
    expect(await writesAs({ ...shared, database: 'second' })).to.equal('stored');
    await installLedger({ store: as('second', 'user-f2', 'pw'), admin: adminOf('second') });
    expect(await installLedger({ store: shared, admin: adminOf('first') })).to.deep.equal([
      'no more role cascade-writer of user user-f',
    ]);
    expect(await writesAs({ ...shared, database: 'second' })).to.include('not allowed to access');
  });

  it('are taken from a user also if a database of the server vanishes while deployment looks who needs the old one', async () => {
    const user = await oldLedger('vanishing', 'user-v');
    const proxy = await startAlteringProxy(store.url, {
      answer: (answer, { path }) =>
        path === '/_all_dbs' ? withJson(answer, (names) => ['vanished', ...names]) : answer,
    });
    ends.push(() => proxy.close());
    const done = await installLedger({ store: user, admin: { ...adminOf('vanishing'), url: proxy.url } });
    expect(done).to.include('no more role cascade-writer of user user-v');
  });

  it('stand in _security without the writers that earlier versions wrote there, once the function is there', async () => {
    const user = await oldLedger('named', 'user-named');
    const asked: string[] = [];
    // CouchDB stores members that it does not know.
    const proxy = await startAlteringProxy(store.url, {
      request(request) {
        asked.push(`${request.method} ${request.path}`);
        return request;
      },
      answer: (answer, { method, path }) =>
        method === 'GET' && path === '/named/_security'
          ? withJson(answer, (security) => ({ ...security, writers: { names: [], roles: ['cascade-writer'] } }))
          : answer,
    });
    ends.push(() => proxy.close());
    const done = await installLedger({ store: user, admin: { ...adminOf('named'), url: proxy.url } });
    expect(done).to.include('no more writers in _security');
    const changes = asked.filter((each) => each.startsWith('PUT /named'));
    expect(changes.lastIndexOf('PUT /named/_security')).to.be.above(
      changes.indexOf('PUT /named/_design/cascade-access'),
    );
  });

  it('leave a user the old one for more ledgers than are named', async () => {
    const user = await oldLedger('many', 'user-many');
    for (const name of ['others1', 'others2', 'others3', 'others4']) await oldLedger(name, `user-${name}`);
    const [kept = ''] = (await installLedger({ store: user, admin: adminOf('many') })).filter((each) =>
      /keeps/.test(each),
    );
    expect(kept.match(/\bothers\d/g)).to.have.length(3);
    for (const name of ['others1', 'others2', 'others3', 'others4']) await ask('DELETE', `/${name}`);
  });

  it('cannot be renamed without an administrator: it says so, and nothing is changed', async () => {
    const user = await oldLedger('closed', 'user-x');
    const message = await installLedger({ store: user, admin: user }).catch((error: Error) => error.message);
    expect(message).to.include('Set COUCHDB_ADMIN_URL');
    expect(await writesAs(user)).to.equal('stored');
    expect((await ask('GET', '/closed/_security')).members.roles).to.include('cascade-writer');
  });

  it('are not asked for where the server does not show them: it is asked 50 times, and nothing else is changed', async () => {
    const user = await oldLedger('blind', 'user-blind');
    let looks = 0;
    const proxy = await startAlteringProxy(store.url, {
      answer: (answer, { path }) => {
        if (path !== '/_session') return answer;
        looks += 1;
        const body = JSON.stringify({ ok: true, userCtx: { name: 'user-blind', roles: ['cascade-writer'] } });
        return { ...answer, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
      },
    });
    ends.push(() => proxy.close());
    const url = proxy.url;
    const installed = installLedger({ store: { ...user, url }, admin: { ...adminOf('blind'), url } });
    const message = await installed.catch((error: Error) => error.message);
    expect(message).to.include('does not show the new role blind-writer').and.include('Deploy again');
    // The first ones are the user’s own logins, before its document is changed.
    expect(looks).to.be.within(50, 52);
    expect((await ask('GET', '/blind/_security')).members.roles).to.not.include('blind-writer');
    expect(await writesAs(user)).to.equal('stored');
  });

  it('are seen by the server before the function asks for them: else actions that run would be refused', async () => {
    const user = await oldLedger('slow', 'user-slow');
    let stale = 3;
    const asked: string[] = [];
    const proxy = await startAlteringProxy(store.url, {
      answer: (answer, { method, path }) => {
        if (method !== 'GET') asked.push(`${method} ${path}`);
        if (path !== '/_session' || asked.length === 0 || stale === 0) return answer;
        stale -= 1;
        asked.push('still the old roles');
        const body = JSON.stringify({ ok: true, userCtx: { name: 'user-slow', roles: ['cascade-writer'] } });
        return { ...answer, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
      },
    });
    ends.push(() => proxy.close());
    const url = proxy.url;
    await installLedger({ store: { ...user, url }, admin: { ...adminOf('slow'), url } });
    expect(asked.slice(0, 5)).to.deep.equal([
      'PUT /_users/org.couchdb.user%3Auser-slow',
      ...Array(3).fill('still the old roles'),
      'PUT /slow/_security',
    ]);
  });
});
