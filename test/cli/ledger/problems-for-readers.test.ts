import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCli } from '../../../cli/run-cli.ts';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';

describe('cascade runs --problems, by the roles of the user', () => {
  let store: EmbeddedStore;
  let directory: string;
  let outside: { readonly cwd: string; readonly url: string | undefined };

  before(async () => {
    store = await startStore({ port: 0 });
    await installConfiguredLedger({ COUCHDB_URL: urlOf(store.user, store.password) });
    directory = mkdtempSync(join(tmpdir(), 'cascade-readers-'));
    outside = { cwd: process.cwd(), url: process.env['COUCHDB_URL'] };
    process.chdir(directory);
  });
  after(async () => {
    process.chdir(outside.cwd);
    if (outside.url === undefined) delete process.env['COUCHDB_URL'];
    else process.env['COUCHDB_URL'] = outside.url;
    rmSync(directory, { recursive: true, force: true });
    await store.close();
  });

  const urlOf = (user: string, password: string): string => store.url.replace('//', `//${user}:${password}@`);

  /** Says in `.env` which user the actions have. */
  const deployedWith = (...settings: readonly string[]): void => writeFileSync('.env', settings.join('\n'));

  /** The exit code and the output of the command for a new user with these roles. */
  async function problemsFor(name: string, ...roles: readonly string[]) {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const user = { type: 'user', name, password: 'pw', roles };
    await fetch(`${store.url}/_users/org.couchdb.user:${name}`, {
      ...{ method: 'PUT', body: JSON.stringify(user) },
      headers: { authorization, 'content-type': 'application/json' },
    });
    return problems(urlOf(name, 'pw'));
  }

  /** @param url - COUCHDB_URL of the environment. */
  async function problems(url: string) {
    if (url === '') delete process.env['COUCHDB_URL'];
    else process.env['COUCHDB_URL'] = url;
    const printed = { out: '', error: '' };
    const write = (text: string): void => {
      printed.out += text;
    };
    const writeError = (text: string): void => {
      printed.error += text;
    };
    const code = await runCli(['runs', '--problems'], { write, writeError, colored: false });
    return { code, ...printed };
  }

  const NONE = 'No problems (alerts and given-up orders: only of the last 7 d)\n';

  it('takes a reader for one beside the user of the actions: writes are not checked', async () => {
    deployedWith('COUCHDB_URL=http://cascade@couch.internal:5984');
    for (const [name, role] of [
      ['reader', 'cascade-reader'],
      ['desk', 'cascade-desk'],
    ] as const) {
      expect(await problemsFor(name, role)).to.deep.equal({
        ...{ code: 0, out: NONE },
        error: 'Writes were not checked: this user may only read.\n',
      });
    }
  });

  it('says that nothing can be written if the actions, too, have the user that may only read', async () => {
    deployedWith('COUCHDB_URL=http://demoted@couch.internal:5984');
    const { code, out, error } = await problemsFor('demoted', 'cascade-reader');
    expect([code, error]).to.deep.equal([1, '']);
    expect(out).to.include('by these settings the actions have the same user');
    deployedWith(`COUCHDB_URL=${urlOf('demoted', 'pw')}`);
    expect((await problems('')).out).to.include('by these settings the actions have the same user');
  });

  it('is not sure if nothing but the environment says a user', async () => {
    deployedWith('');
    const { code, out, error } = await problemsFor('somebody', 'cascade-reader');
    expect([code, out]).to.deep.equal([1, NONE.replace('No problems', 'No problems in what was read')]);
    expect(error).to.include('Nothing says whether the actions have the same user');
  });

  it('checks writes for a writer, who may be a reader as well', async () => {
    expect(await problemsFor('writer', 'cascade-writer')).to.deep.equal({ code: 0, out: NONE, error: '' });
    expect(await problemsFor('both', 'cascade-reader', 'cascade-writer')).to.include({ code: 0, error: '' });
  });
});
