import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A new password comes with a new user, as docs/couchdb.md says. */
describe('a ledger whose user is exchanged for another one', () => {
  let store: EmbeddedStore;

  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  const as = (user: string, password: string): string => store.url.replace('//', `//${user}:${password}@`);
  const deploy = (user: string, password: string): Promise<unknown> =>
    installConfiguredLedger({ COUCHDB_URL: as(user, password), COUCHDB_ADMIN_URL: as(store.user, store.password) });
  /** What an action with that user gets as its answer when it writes. */
  const write = async (id: string, user: string, password: string): Promise<string> => {
    const target = { url: store.url, database: 'cascade', authorization: basic(user, password) };
    const couch = httpCouchdb(target, { stopwatch: () => 0, timeout: 10_000 as DurationMs });
    return couch.put({ _id: id }).then(
      ({ kind }) => kind,
      (error: Error) => error.message,
    );
  };
  const askAsAdmin = async (method: string, path: string) => {
    const answer = await fetch(`${store.url}${path}`, {
      method,
      headers: { authorization: basic(store.user, store.password) },
    });
    return (await answer.json()) as { readonly _rev?: string };
  };

  it('refuses neither before the old one is deleted, and only the old one after that', async () => {
    await deploy('cascade-1', 'sesame');
    expect(await write('a', 'cascade-1', 'sesame')).to.equal('stored');
    await deploy('cascade-2', 'open');
    expect(await write('b', 'cascade-1', 'sesame')).to.equal('stored');
    expect(await write('c', 'cascade-2', 'open')).to.equal('stored');

    const old = '/_users/org.couchdb.user%3Acascade-1';
    const { _rev } = await askAsAdmin('GET', old);
    await askAsAdmin('DELETE', `${old}?rev=${_rev}`);
    expect(await write('d', 'cascade-1', 'sesame')).to.match(/^CouchDB answered 401/);
    expect(await write('e', 'cascade-2', 'open')).to.equal('stored');
  });

  it('would lock the right password out, too, were actions left with a wrong one', async () => {
    await deploy('cascade-3', 'sesame');
    for (let logins = 0; logins < 5; logins += 1) {
      expect(await write('f', 'cascade-3', 'old')).to.match(/^CouchDB answered 401/);
    }
    expect(await write('f', 'cascade-3', 'sesame')).to.match(
      /^CouchDB answered 403.*locked the user of COUCHDB_URL.*wait 5 minutes/,
    );
  });
});
