import { mkdtempSync, rmSync } from 'node:fs';
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

  /** What the command ends with and writes for a new user with these roles. */
  async function problemsFor(name: string, ...roles: readonly string[]) {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const user = { type: 'user', name, password: 'pw', roles };
    await fetch(`${store.url}/_users/org.couchdb.user:${name}`, {
      ...{ method: 'PUT', body: JSON.stringify(user) },
      headers: { authorization, 'content-type': 'application/json' },
    });
    process.env['COUCHDB_URL'] = urlOf(name, 'pw');
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

  const NONE = 'No problems; alerts and given-up orders of the last 7 d\n';

  it('takes a reader for one: writes are not checked', async () => {
    expect(await problemsFor('reader', 'cascade-reader')).to.deep.equal({
      ...{ code: 0, out: NONE },
      error: 'Writes were not checked: this user may only read.\n',
    });
  });

  it('checks writes for a writer, who may be a reader as well', async () => {
    expect(await problemsFor('writer', 'cascade-writer')).to.deep.equal({ code: 0, out: NONE, error: '' });
    expect(await problemsFor('both', 'cascade-reader', 'cascade-writer')).to.include({ code: 0, error: '' });
  });
});
