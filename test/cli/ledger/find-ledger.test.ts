import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import { seconds } from '../../../src/core/units.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { parseStoreSettings } from '../../../src/platform/settings/ledger-settings.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import { at, done, event, order } from './ledger-of.ts';

const CASCADE = await bundledProgram('cli/cascade.js');
const PASSWORD = 'a-password-that-nobody-may-see';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

describe('the ledger that cascade reads', () => {
  let store: EmbeddedStore;
  let directory: string;
  let url: string;

  const cascade = (args: readonly string[], settings: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], ...settings };
      execFile(process.execPath, [CASCADE, ...args], { cwd: directory, env }, (failure, out, error) => {
        resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
      });
    });
  const running = async (data: string, text = JSON.stringify(ledger())): Promise<void> => {
    await mkdir(join(directory, data));
    await writeFile(join(directory, data, 'ledger.json'), text);
  };
  const ledger = () => ({ url: store.url, user: store.user, password: store.password, database: 'cascade' });

  before(async () => {
    store = await startStore({ port: 0, admin: { name: 'cascade', password: PASSWORD } });
    url = store.url.replace('//', `//${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL: url });
    const settings = parseStoreSettings({ COUCHDB_URL: url });
    if (settings === undefined) throw new Error('no settings');
    await httpCouchdb(settings, { stopwatch: () => performance.now(), timeout: seconds(10) }).bulk([
      event('extract', 'r1', at('01:00'), { startedBy: 'hub' }),
      order('transform', 'r1', at('01:00:01'), done('r2', at('01:00:02'), at('01:05'))),
      order('report', 'r2', at('01:05:01'), { state: 'parked', hops: 2, dueAt: at('01:10') }),
    ]);
  });
  after(() => store.close());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-ledger-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const LINE =
    /^2026-11-22 01:00:00Z {2}default\/extract succeeded {2}going .* {2}2 orders: 1 succeeded, 1 parked {2}event:default:r1\n$/;

  it('is that of COUCHDB_URL in the environment', async () => {
    const { code, out, error } = await cascade(['runs'], { COUCHDB_URL: url });
    expect([code, error]).to.deep.equal([0, '']);
    expect(out).to.match(LINE);
  });

  it('is that of COUCHDB_URL in .env', async () => {
    await writeFile(join(directory, '.env'), `COUCHDB_URL=${url}\n`);
    expect((await cascade(['runs'])).out).to.match(LINE);
  });

  it('is not looked for in a .env that says something else than it seems to', async () => {
    await writeFile(join(directory, '.env'), `COUCHDB_URL=${url}#x\nCOUCHDB_URL=\n`);
    const { code, error } = await cascade(['runs']);
    expect(code).to.equal(1);
    expect(error).to.match(
      /^error: \.env:1: The value of COUCHDB_URL has a # .* ⏎ \.env:2: The setting COUCHDB_URL stands/,
    );
    expect(error).to.not.contain(PASSWORD);
  });

  it('is that of a running npm start where COUCHDB_URL is not set', async () => {
    await running('.cascade');
    expect((await cascade(['runs'])).out).to.match(LINE);
  });

  it('is that of the npm start whose data directory is said, whatever is set', async () => {
    await running('elsewhere');
    const { out } = await cascade(['runs', '--data', 'elsewhere'], { COUCHDB_URL: 'http://127.0.0.1:1' });
    expect(out).to.match(LINE);
  });

  it('is named before anything in it is changed, and whose it is', async () => {
    const named = `Ledger: ${store.url}/cascade`;
    const cancel = async (args: readonly string[], settings?: NodeJS.ProcessEnv) =>
      (await cascade(['cancel', 'order:default:x:s:r1', ...args], settings)).error.split('\n')[0];
    expect(await cancel([], { COUCHDB_URL: url })).to.equal(`${named} (COUCHDB_URL of the environment)`);
    await running('.cascade');
    expect(await cancel([])).to.equal(`${named} (the npm start that keeps its data in .cascade)`);
    await writeFile(join(directory, '.env'), `COUCHDB_URL=${url}\n`);
    expect(await cancel(['--json'])).to.equal(
      `${named} (COUCHDB_URL of .env; that of the npm start here: --data .cascade)`,
    );
    expect((await cascade(['replay', 'r77'])).error).to.match(/^Ledger: /);
  });

  it('is named by a command that only reads where there are two, or nothing is found', async () => {
    const named = `Ledger: ${store.url}/cascade`;
    const nothing = (await cascade(['runs', 'r77'], { COUCHDB_URL: url })).error;
    expect(nothing.split('\n')[0]).to.equal(`${named} (COUCHDB_URL of the environment)`);
    await running('.cascade');
    const { code, out, error } = await cascade(['runs'], { COUCHDB_URL: url });
    expect([code, error]).to.deep.equal([
      0,
      `${named} (COUCHDB_URL of the environment; that of the npm start here: --data .cascade)\n`,
    ]);
    expect(out).to.match(LINE);
    expect((await cascade(['runs'])).error).to.equal('');
  });

  it('is told in colours only to a terminal', async () => {
    expect((await cascade(['runs', '--problems'], { COUCHDB_URL: url })).out).not.to.include('\u001b');
  });

  it('has the problem that it takes no write where its user may only read, and asks for no sweep then', async () => {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const reader = { type: 'user', name: 'reader', password: 'pw', roles: ['cascade-reader'] };
    const put = { method: 'PUT', headers: { authorization, 'content-type': 'application/json' } };
    await fetch(`${store.url}/_users/org.couchdb.user:reader`, { ...put, body: JSON.stringify(reader) });
    await writeFile(join(directory, '.env'), `COUCHDB_URL=${store.url.replace('//', '//reader:pw@')}`);
    const { code, out } = await cascade(['runs', '--problems']);
    expect(code).to.equal(1);
    expect(out.split('\n')[0]).to.match(
      / {2}no writes {2}.* CouchDB answered 403 \(forbidden: .*\)\. The user of COUCHDB_URL may only read, /,
    );
    expect(out).to.include('order:default:report:s:r2.').and.to.not.include('Is the sweep running?');
  });

  it('has problems: 1', async () => {
    const { code, out } = await cascade(['runs', '--problems'], { COUCHDB_URL: url });
    expect(code).to.equal(1);
    expect(out).to.include('order:default:report:s:r2. Is the sweep running?');
  });

  it('may be missing: what to do is said in one line', async () => {
    expect(await cascade(['runs'])).to.deep.equal({
      code: 1,
      out: '',
      error:
        'error: There is no ledger to read: COUCHDB_URL is neither in the environment nor in .env, and .cascade/ledger.json, which npm start writes while it runs, is not there. Set COUCHDB_URL, or give the data directory of a running npm start with --data.\n',
    });
  });

  it('may be missing where --data names it: COUCHDB_URL, which nobody looks at then, is not blamed', async () => {
    expect(await cascade(['runs', '--data', 'nowhere'], { COUCHDB_URL: 'http://127.0.0.1:1' })).to.deep.equal({
      code: 1,
      out: '',
      error:
        'error: There is no ledger to read: npm start writes nowhere/ledger.json while it runs, and the file is not there. Is an npm start with this --data running?\n',
    });
  });

  it('may be out of reach', async () => {
    const { code, out, error } = await cascade(['runs'], { COUCHDB_URL: `http://ann:${PASSWORD}@127.0.0.1:1` });
    expect([code, out]).to.deep.equal([1, '']);
    expect(error).to.match(
      /^error: The ledger at http:\/\/127\.0\.0\.1:1 cannot be used now\. Is COUCHDB_URL right, and the server up\? [^\n]+\n$/,
    );
    expect(error).not.to.include(PASSWORD);
    expect(error).not.to.include('the write');
  });

  it('may be that of an npm start that was killed', async () => {
    await running('.cascade', JSON.stringify({ ...ledger(), url: 'http://127.0.0.1:1' }));
    expect((await cascade(['runs'])).error).to.include('Is npm start still running?');
  });

  describe('and the OpenWhisk host of its actions', () => {
    const listed: { readonly url: string; readonly login: string | undefined }[] = [];
    let host: Server;
    let apihost: string;
    before(async () => {
      host = createServer((request, response) => {
        listed.push({ url: request.url ?? '', login: request.headers.authorization });
        response.end('[]');
      });
      await new Promise<void>((resolve) => {
        host.listen(0, '127.0.0.1', resolve);
      });
      apihost = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    });
    after(() => {
      host.close();
      host.closeAllConnections();
    });
    beforeEach(() => {
      listed.length = 0;
    });
    /** `u:k`, in base64. */
    const LOGIN = 'Basic dTpr';

    it('is that of the settings, for the ledger of COUCHDB_URL', async () => {
      const settings = { COUCHDB_URL: url, OPENWHISK_APIHOST: apihost, OPENWHISK_AUTH: 'u:k' };
      const { error } = await cascade(['logs', 'r1'], settings);
      expect(error).to.match(/^The host lists no activation of Cascade from 2026-11-22 00:58:00Z to /);
      expect(listed[0]?.url).to.match(
        /^\/api\/v1\/namespaces\/_\/activations\?limit=0&skip=0&since=1795309080000&upto=/,
      );
      expect(listed[0]?.login).to.equal(LOGIN);
    });

    it('is that of the npm start, for its ledger', async () => {
      await running('.cascade', JSON.stringify({ ...ledger(), openwhisk: { apihost, auth: 'u:k' } }));
      await cascade(['logs', 'r1']);
      expect(listed[0]?.login).to.equal(LOGIN);
    });

    it('has to be in the settings, unless an npm start says it', async () => {
      await running('.cascade');
      for (const settings of [{}, { COUCHDB_URL: url }]) {
        const { code, error } = await cascade(['logs', 'r1'], settings);
        expect(code).to.equal(1);
        expect(error).to.include('error: The setting OPENWHISK_APIHOST is missing');
      }
    });

    it('gets the key over plain http only on this machine, unless --insecure allows it', async () => {
      const settings = { COUCHDB_URL: url, OPENWHISK_APIHOST: 'http://openwhisk.invalid', OPENWHISK_AUTH: 'u:k' };
      const { code, error } = await cascade(['logs', 'r1'], settings);
      expect([code, error]).to.deep.equal([
        1,
        'error: http://openwhisk.invalid is plain http: everybody on the way could read the key. Use https, or --insecure if you mean it.\n',
      ]);
    });

    it('is named with its settings if it refuses the key', async () => {
      const refusing = createServer((_, response) => {
        response.statusCode = 401;
        response.end('{"error":"The supplied authentication is invalid."}');
      });
      await new Promise<void>((resolve) => {
        refusing.listen(0, '127.0.0.1', resolve);
      });
      const origin = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
      const settings = { COUCHDB_URL: url, OPENWHISK_APIHOST: origin, OPENWHISK_AUTH: 'u:a-secret' };
      const { error } = await cascade(['logs', 'r1'], settings);
      refusing.close();
      expect(error).to.equal(
        `error: OpenWhisk answered 401 to the list of activations: The supplied authentication is invalid. The host is ${origin} (OPENWHISK_APIHOST), its key OPENWHISK_AUTH.\n`,
      );
    });
  });

  it('may refuse the password, which is not told', async () => {
    const wrong = url.replace(PASSWORD, 'another-password');
    const told = (await cascade(['runs'], { COUCHDB_URL: wrong })).error;
    expect(told).to.match(
      /answered 401 .* deployed.*; the first \.\/build\.sh deploy makes that user\. Signs like @ : \/ \? # % in the password have to be percent-encoded: %40 %3A %2F %3F %23 %25\.\n$/,
    );
    const { code, error } = await cascade(['why', 'x', '--chains', '.', '--json'], { COUCHDB_URL: wrong });
    expect(code).to.equal(1);
    const refused = await cascade(['runs', '--json'], { COUCHDB_URL: wrong });
    expect(refused.code).to.equal(1);
    expect(JSON.parse(refused.out)).to.have.nested.property('error.code', 'STORE_REFUSED');
    expect(refused.out + refused.error + error).not.to.include('another-password');
  });

  it('is not what a broken file says', async () => {
    await running('.cascade', '{');
    const { code, error } = await cascade(['runs']);
    expect([code, error]).to.deep.equal([
      1,
      'error: .cascade/ledger.json is not what npm start writes: start it again.\n',
    ]);
  });

  for (const args of [
    ['runs', '--limit', '0'],
    ['runs', '--since', '1w'],
    ['runs', 'r77'],
    ['runs', 'r1', '--problems'],
    ['why'],
    ['cancel'],
    ['cancel', 'order:default:x:s:r1', '--all'],
    ['cancel', 'order:default:x:s:r1'],
    ['replay', 'event:default:r77'],
  ]) {
    it(`ends with 2 for: cascade ${args.join(' ')}`, async () => {
      const { code, out, error } = await cascade(args, { COUCHDB_URL: url });
      expect([code, out]).to.deep.equal([2, '']);
      expect(error).to.match(/^(Ledger: .*\n)?error: /);
    });
  }
});
