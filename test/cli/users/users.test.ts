import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { runCli } from '../../../cli/run-cli.ts';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { bundledProgram } from '../../support/bundled-program.ts';

const CASCADE = await bundledProgram('cli/cascade.js');
const SETTINGS = ['COUCHDB_URL', 'COUCHDB_ADMIN_URL'] as const;

describe('cascade user', () => {
  let store: EmbeddedStore;
  let directory: string;
  const outside = { cwd: process.cwd(), env: { ...process.env } };

  before(async () => {
    store = await startStore({ port: 0 });
    directory = mkdtempSync(join(tmpdir(), 'cascade-users-'));
    process.chdir(directory);
  });
  after(async () => {
    process.chdir(outside.cwd);
    for (const name of SETTINGS) restore(name);
    rmSync(directory, { recursive: true, force: true });
    await store.close();
  });
  beforeEach(async () => {
    process.env['COUCHDB_URL'] = urlOf('actions', 'pw');
    process.env['COUCHDB_ADMIN_URL'] = urlOf(store.user, store.password);
    await installConfiguredLedger(process.env);
  });

  function restore(name: (typeof SETTINGS)[number]): void {
    const value = outside.env[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }

  const urlOf = (user: string, password: string): string => store.url.replace('//', `//${user}:${password}@`);

  async function call(method: string, path: string, login: string, body?: object) {
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${store.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  const asAdmin = (method: string, path: string, body?: object) =>
    call(method, path, `${store.user}:${store.password}`, body);

  /** @param typed - what the person types; absent: there is no terminal. */
  async function user(args: readonly string[], typed?: readonly string[]) {
    const printed = { out: '', error: '', questions: [] as string[] };
    const answers = [...(typed ?? [])];
    const code = await runCli(['user', ...args], {
      write: (text) => {
        printed.out += text;
      },
      writeError: (text) => {
        printed.error += text;
      },
      colored: false,
      askSecret:
        typed &&
        (async (question) => {
          printed.questions.push(question);
          return answers.shift() ?? '';
        }),
    });
    return { code, ...printed };
  }

  it('makes an account that reads, with the password that was typed, which is shown nowhere', async () => {
    const { code, out, error, questions } = await user(['add', 'bob'], ['open sesame', 'open sesame']);
    expect([code, out]).to.deep.equal([0, 'User bob has the role cascade-reader.\n']);
    expect(questions).to.deep.equal(['Password for bob (empty: Cascade makes one): ', 'The same again: ']);
    expect(out + error).to.not.include('sesame');
    expect((await call('GET', '/cascade/schema', 'bob:open sesame')).status).to.equal(200);
    expect((await call('PUT', '/cascade/x', 'bob:open sesame', {})).status).to.equal(403);
  });

  it('makes a password and prints it once if none is typed, or if there is nobody to ask', async () => {
    for (const [name, typed] of [
      ['cyd', ['']],
      ['dee', undefined],
    ] as const) {
      const { code, out, error } = await user(['add', name, '--desk'], typed);
      expect(code).to.equal(0);
      const [, password = ''] = /^Password: ([\w-]{24})$/m.exec(out) ?? [];
      expect(out.split(password)).to.have.length(2);
      expect(error).to.not.include(password);
      const { body } = await call('GET', '/_session', `${name}:${password}`);
      expect(body['userCtx']).to.deep.equal({ name, roles: ['cascade-desk'] });
    }
  });

  it('prints the made password in JSON, without asking', async () => {
    const { out, questions } = await user(['add', 'eve', '--json'], ['unused']);
    const { password, ...rest } = JSON.parse(out);
    expect(rest).to.deep.equal({ ok: true, user: 'eve', role: 'cascade-reader', created: true });
    expect((await call('GET', '/_session', `eve:${password}`)).status).to.equal(200);
    expect(questions).to.deep.equal([]);
  });

  it('makes no account with the name of the administrator, whose password it would not have', async () => {
    const { code, out, error } = await user(['add', store.user], ['']);
    const sentence = `CouchDB has an administrator "${store.user}", who may do everything already. An account with this name would have that password: take another name.`;
    expect([code, out, error]).to.deep.equal([2, '', `${LEDGER()}error: ${sentence}\n`]);
    expect((await asAdmin('GET', `/_users/org.couchdb.user:${store.user}`)).status).to.equal(404);
  });

  it('changes only the role in this ledger of a user who exists', async () => {
    const roles = ['other', 'cascade-reader', 'sales-desk'];
    await asAdmin('PUT', '/_users/org.couchdb.user:fay', { type: 'user', name: 'fay', password: 'pw-of-fay', roles });
    const line = 'User fay exists and now has the role: cascade-desk. The password stays.\n';
    expect(await user(['add', 'fay', '--desk'], ['unused'])).to.include({ code: 0, out: line });
    const { body } = await call('GET', '/_session', 'fay:pw-of-fay');
    expect(body['userCtx']).to.deep.equal({ name: 'fay', roles: ['other', 'sales-desk', 'cascade-desk'] });
    expect((await user(['add', 'fay', '--desk'])).out).to.include('had the role already');
    expect((await user(['add', 'fay'])).out).to.include('now has the role: cascade-reader');
    expect((await user(['list'])).out).to.match(/^fay +cascade-reader$/m);
  });

  it('deletes an account whose last role it takes, and keeps one that has others', async () => {
    await user(['add', 'gus', '--desk']);
    expect(await user(['remove', 'gus'])).to.include({ code: 0, out: 'User gus is deleted.\n' });
    expect((await asAdmin('GET', '/_users/org.couchdb.user:gus')).status).to.equal(404);
    const roles = ['other', 'cascade-reader', 'cascade-desk'];
    await asAdmin('PUT', '/_users/org.couchdb.user:hal', { type: 'user', name: 'hal', password: 'pw-of-hal', roles });
    expect((await user(['remove', 'hal'])).out).to.include('The account stays: it has other roles (other).');
    expect((await call('GET', '/_session', 'hal:pw-of-hal')).body['userCtx']).to.deep.equal({
      name: 'hal',
      roles: ['other'],
    });
    const gone = await user(['remove', 'gus']);
    expect([gone.code, gone.error]).to.deep.equal([2, `${LEDGER()}error: ${NO_GUS}\n`]);
  });

  const LEDGER = () => `Ledger: ${store.url}/cascade (COUCHDB_URL of the environment)\n`;
  const NO_GUS = 'This ledger has no user "gus": cascade user list shows them.';

  it('lists who has a role in this ledger, and nobody else', async () => {
    await user(['add', 'ida', '--desk']);
    await asAdmin('PUT', '/_users/org.couchdb.user:jon', {
      type: 'user',
      name: 'jon',
      password: 'x',
      roles: ['other'],
    });
    const { out } = await user(['list', '--json']);
    const { users } = JSON.parse(out) as { users: { name: string; roles: string[] }[] };
    expect(users).to.deep.include.members([
      { name: 'actions', roles: ['cascade-writer'] },
      { name: 'ida', roles: ['cascade-desk'] },
    ]);
    expect(users.map(({ name }) => name)).to.not.include('jon');
  });

  it('leaves the user of the actions alone', async () => {
    for (const args of [
      ['add', 'actions', '--desk'],
      ['remove', 'actions'],
    ]) {
      const { code, error } = await user(args);
      expect(code).to.equal(2);
      expect(error).to.include('The user actions has the role cascade-writer');
    }
  });

  it('refuses passwords that are short or typed differently, and changes nothing', async () => {
    expect((await user(['add', 'kim'], ['short'])).error).to.include('at least 8 characters');
    expect((await user(['add', 'kim'], ['long enough', 'long enuogh'])).error).to.include('not the same');
    expect((await asAdmin('GET', '/_users/org.couchdb.user:kim')).status).to.equal(404);
  });

  it('is misused with other words, without a name, or with one that cannot be one', async () => {
    const wrong = [
      ['make', 'ann'],
      ['add'],
      ['remove'],
      ['list', 'ann'],
      ['remove', 'ann', '--desk'],
      ['add', 'me'],
      ['add', 'nobody'],
      ['add', '_ann'],
      ['add', 'a:b'],
      ['add', 'a b'],
    ];
    for (const args of wrong) expect([args, (await user(args)).code]).to.deep.equal([args, 2]);
  });

  it('says which setting is missing without an administrator', async () => {
    const { COUCHDB_ADMIN_URL: _, ...env } = process.env;
    for (const args of [['add', 'leo'], ['list']]) {
      const failure = await promisify(execFile)(process.execPath, [CASCADE, 'user', ...args], { env }).catch(
        (error: { code: number; stderr: string }) => error,
      );
      expect(failure).to.include({ code: 1 });
      expect(failure.stderr).to.include('set COUCHDB_ADMIN_URL').and.not.include('COUCHDB_URL needs');
    }
  });
});
