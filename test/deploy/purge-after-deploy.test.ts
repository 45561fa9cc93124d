import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { type DeployCommand, runWskdeploy } from '../../src/deploy/run-wskdeploy.ts';
import { type Rule, startAlteringProxy, withStatus } from '../support/altering-proxy.ts';
import { makeManifestFolder, SETTINGS } from './support/manifest-folder.ts';
import { type RecordingHost, startRecordingHost } from './support/recording-host.ts';

// Stands in for wskdeploy.
const WSKDEPLOY = `#!${process.execPath}\nprocess.exit(process.env.LOG_LEVEL === 'error' ? 255 : 0);\n`;

const LONG_AGO = Date.now() - 100 * 86_400_000;
const ALERT = { schema: 1, type: 'alert', message: 'Look.', traceId: 't', lastAt: LONG_AGO, at: LONG_AGO } as const;
const OLD = { ...ALERT, _id: 'alert:quota:default:old', kind: 'quota', subject: 'default:old' };
const WRITER = { user: 'cascade-actions', password: 'writer-password-made-up-0004' };

describe('build.sh deploy, when everything is deployed', () => {
  let host: RecordingHost;
  let store: EmbeddedStore;
  let root = '';
  let remove: () => Promise<void>;
  beforeEach(async () => {
    host = await startRecordingHost();
    store = await startStore({ port: 0 });
    ({ folder: root, remove } = await makeManifestFolder());
    await mkdir(join(root, '.tools'));
    await writeFile(join(root, '.tools/wskdeploy'), WSKDEPLOY);
    await chmod(join(root, '.tools/wskdeploy'), 0o700);
    await writeFile(join(root, '.env'), '');
    await run('deploy');
    expect((await call('PUT', OLD._id, OLD)).status).to.equal(201);
  });
  afterEach(async () => {
    await host.close();
    await store.close();
    await remove();
  });

  const urlAt = (url: string, { user, password }: { readonly user: string; readonly password: string }): string =>
    url.replace('//', `//${user}:${password}@`);
  const call = (method: string, id: string, body?: object): Promise<Response> => {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const url = `${store.url}/cascade/${encodeURIComponent(id)}`;
    return fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  };
  /** @param url - the address at which the deployment reaches the store. */
  async function run(command: DeployCommand, more: Readonly<Record<string, string>> = {}, url = store.url) {
    const lines: string[] = [];
    const environment = {
      ...{ OPENWHISK_APIHOST: host.url, OPENWHISK_AUTH: 'made-up-user:made-up-password', LOG_LEVEL: 'info' },
      ...SETTINGS,
      // The actions' user may not purge.
      ...{ COUCHDB_URL: urlAt(url, WRITER), COUCHDB_ADMIN_URL: urlAt(url, store) },
      ...more,
    };
    const print = (line: string): unknown => lines.push(line);
    const { signal } = new AbortController();
    const code = await runWskdeploy({ command, root, environment, insecure: false, print, signal });
    return { code, lines };
  }
  const statusOf = async (id: string): Promise<number> => (await call('GET', id)).status;

  it('purges the ledger as the administrator of COUCHDB_ADMIN_URL, and says so last', async () => {
    const { code, lines } = await run('deploy');
    expect(code).to.equal(0);
    expect(lines.slice(-2)).to.deep.equal([
      'Purging the ledger of what is old. If you end that, the next purge goes on.',
      'The ledger is purged: 1 old document removed.',
    ]);
    expect(await statusOf(OLD._id)).to.equal(404);
    expect(await (await call('GET', 'purge')).json()).to.include({ type: 'purge', removed: 1 });
  });

  it('does not say that chains are deployed if wskdeploy failed, and purges nothing', async () => {
    const before = await (await call('GET', 'deployed')).json();
    const apps = { 'default/a': { tenant: 'default', appId: 'a', label: 'A', names: [] } };
    await writeFile(join(root, 'dist/definition.json'), JSON.stringify({ links: {}, apps }));
    const { code, lines } = await run('deploy', { LOG_LEVEL: 'error' });
    expect(code).to.equal(255);
    expect(await (await call('GET', 'deployed')).json()).to.deep.equal(before);
    expect(lines.join('\n')).not.to.contain('The chains are deployed');
    expect(await statusOf(OLD._id)).to.equal(200);
  });

  it('goes by RETENTION_DAYS', async () => {
    const { lines } = await run('deploy', { RETENTION_DAYS: '200' });
    expect(lines.at(-1)).to.equal('The ledger is purged: 0 old documents removed.');
    expect(await statusOf(OLD._id)).to.equal(200);
    expect(await (await call('GET', 'schema')).json()).to.include({ retentionDays: 200 });
  });

  it('has deployed, though the purge failed: it says why, and how to do it later', async () => {
    const refuses: Rule = {
      answer: (answer, { path }) => (path.endsWith('/_purge') ? withStatus(answer, 500) : answer),
    };
    const proxy = await startAlteringProxy(store.url, refuses);
    const { code, lines } = await run('deploy', {}, proxy.url).finally(() => proxy.close());
    expect(code).to.equal(0);
    expect(lines.at(-1)).to.match(/^The ledger is not purged: .+ To do it later: npx cascade ledger purge\.$/);
    expect(lines.join('\n')).to.not.contain('made-up');
  });

  it('does not purge if wskdeploy failed, or if it takes Cascade off', async () => {
    expect((await run('deploy', { LOG_LEVEL: 'error' })).code).to.equal(255);
    expect((await run('undeploy')).code).to.equal(0);
    expect(await statusOf(OLD._id)).to.equal(200);
  });
});
