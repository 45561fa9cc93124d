import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { withDirectory } from '../chain-files/chain-directory.ts';
import { bundledProgram } from '../support/bundled-program.ts';

const CASCADE = await bundledProgram('cli/cascade.js');
const CHAIN =
  'chain: a\napps: { x: { id: b4a3cf85-0000-4000-8000-00000000000a, tenant: asia }, y: { id: b4a3cf85-0000-4000-8000-00000000000b, tenant: europe } }\nreloads: [{ app: y, after: x }]\n';
const GOOD = [
  'WEBHOOK_TENANTS=[{"name":"asia","id":"t1","secrets":["0123456789abcdef0123456789abcdef"]}]',
  'QLIK_TENANTS=[{"name":"europe","url":"https://eu.example.com","apiKey":"the-key-of-europe"}]',
  'READ_API_KEY=the-key-of-readers',
  'OPENWHISK_APIHOST=https://openwhisk.example.org',
  'OPENWHISK_AUTH=user:password',
  '',
].join('\n');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

const check = (cwd: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] };
    execFile(process.execPath, [CASCADE, 'check', '--deploy', '.', ...args], { cwd, env }, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });

describe('cascade check --deploy', () => {
  const withSettings = (env: string, use: (directory: string) => Promise<void>): Promise<void> =>
    withDirectory({ 'a.yaml': CHAIN }, async (directory) => {
      await writeFile(join(directory, '.env'), env);
      await use(directory);
    });

  it('finds nothing where the settings fit the chains', () =>
    withSettings(GOOD, async (directory) => {
      expect(await check(directory)).to.deep.equal({
        code: 0,
        out: '1 chain, 1 link, 2 apps: no problems\nsettings: no problems\n',
        error: '',
      });
    }));

  it('warns of an administrator of CouchDB that the actions get, or may get, and refuses nothing', async () => {
    const held =
      'the actions hold the password of an administrator, who can read and delete every database of that server. Set COUCHDB_ADMIN_URL to the administrator, and COUCHDB_URL to a user of its own, which deployment creates (docs/couchdb.md).\n';
    const store = 'COUCHDB_URL=https://cascade:pw-1234@couchdb.example.org\n';
    const admin = (login: string) => `COUCHDB_ADMIN_URL=https://${login}@couchdb.example.org\n`;
    for (const [ledger, warning] of [
      [
        store,
        `Warning: COUCHDB_ADMIN_URL is empty. If the user of COUCHDB_URL is an administrator of CouchDB, ${held}`,
      ],
      [
        `${store}${admin('cascade:pw-1234')}`,
        `Warning: COUCHDB_URL has the same login as COUCHDB_ADMIN_URL, so ${held}`,
      ],
      [`${store}${admin('admin:pw-5678')}`, ''],
    ] as const) {
      await withSettings(`${GOOD}${ledger}`, async (directory) => {
        expect(await check(directory)).to.deep.equal({
          code: 0,
          out: `${warning}1 chain, 1 link, 2 apps: no problems\nsettings: no problems\n`,
          error: '',
        });
      });
    }
    await withSettings(`${GOOD}${store}`, async (directory) => {
      const { ok, settings, warnings } = JSON.parse((await check(directory, '--json')).out) as Record<string, unknown>;
      expect([ok, settings]).to.deep.equal([true, []]);
      expect(warnings).to.have.length(1);
    });
  });

  it('names chains that need a ledger if there is none', () =>
    withDirectory({ 'a.yaml': CHAIN.replace('after: x', 'after: { all: [x] }, timeout: 2h') }, async (directory) => {
      await writeFile(join(directory, '.env'), GOOD);
      const { code, out } = await check(directory);
      expect(code).to.equal(1);
      expect(out).to.include(
        'The chain "a" has a link that waits for several apps. That needs a ledger: set COUCHDB_URL, or remove it from the chain.\n',
      );
      expect(out).to.include('The chain "a" has "timeout". That needs a ledger:');
      expect(out).to.match(/settings: 2 problems\n$/);
    }));

  it('names the tenants of the chains that the settings do not have', () =>
    withSettings(GOOD.replaceAll('asia', 'africa').replaceAll('"europe"', '"america"'), async (directory) => {
      const { code, out } = await check(directory);
      expect(code).to.equal(1);
      expect(out).to.include(
        'The chains name a tenant "europe", which QLIK_TENANTS does not have: Cascade could not reload apps there.\n',
      );
      expect(out).to.include(
        'The chains name a tenant "asia", which WEBHOOK_TENANTS does not have: Cascade could not receive webhooks about reloads there.\n',
      );
      expect(out).to.match(/settings: 2 problems\n$/);
    }));

  it('tells every setting that is missing as JSON, and no value', () =>
    withSettings('WEBHOOK_SECRET=too-short-a-secret\n', async (directory) => {
      const { code, out } = await check(directory, '--json');
      expect(code).to.equal(1);
      expect(out).to.not.include('too-short-a-secret');
      const { ok, settings } = JSON.parse(out) as { ok: boolean; settings: string[] };
      expect(ok).to.equal(false);
      expect(settings.map((problem) => /The setting (\w+)/.exec(problem)?.[1])).to.deep.equal([
        'OPENWHISK_APIHOST',
        'OPENWHISK_AUTH',
        'QLIK_TENANT_URL',
        'READ_API_KEY',
        'WEBHOOK_SECRET',
        undefined, // no setting is missing here: WEBHOOK_TENANTS lacks a tenant
      ]);
    }));

  it('tells how .env itself is wrong, by line and setting, and nothing that may only follow from it', () =>
    withSettings(`${GOOD}WEBHOOK_SECRET=abc#def\nMAX_HOP=5\n`, async (directory) => {
      const { code, out } = await check(directory);
      expect(code).to.equal(1);
      expect(out).to.match(
        /^\.env:6: The value of WEBHOOK_SECRET has a # directly .*\n\.env:7: There is no setting MAX_HOP\. .*\n1 chain, .*\nsettings: 2 problems\n$/,
      );
      expect(out).to.not.match(/abc|def/);
      const { ok, settings } = JSON.parse((await check(directory, '--json')).out) as {
        ok: boolean;
        settings: string[];
      };
      expect([ok, settings.length]).to.deep.equal([false, 2]);
    }));

  it('takes a .env with a byte order mark', () =>
    withSettings(`\uFEFF${GOOD}`, async (directory) => {
      expect((await check(directory)).code).to.equal(0);
    }));

  it('says in one line that there is no .env', () =>
    withDirectory({ 'a.yaml': CHAIN }, async (directory) => {
      const { code, error } = await check(directory);
      expect(code).to.equal(1);
      expect(error).to.equal('error: Cannot read .env: copy .env.example to .env and fill it in.\n');
    }));
});
