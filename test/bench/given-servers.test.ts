import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { rowApp, rowChains } from '../../bench/ledger/row-chains.ts';
import { startBenchStore } from '../../bench/ledger/start-bench-store.ts';
import { startLedgerRig } from '../../bench/ledger/start-ledger-rig.ts';
import { sweepUntilSilent } from '../../bench/ledger/sweep.ts';
import type { HostReady, HostWanted, StoreReady, StoreWanted } from '../../bench/support/processes.ts';
import { type Part, startProcess } from '../../bench/support/start-process.ts';
import { RAISED_LIMITS } from '../../local/host/start-host.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

const admin = { name: 'boss', password: 'p@ss/word' };

describe('a benchmark of the ledger on servers that are given', function () {
  this.timeout(120_000);
  let directory = '';
  let store: Part<StoreReady>;
  let host: Part<HostReady>;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-given-'));
    store = await startProcess<StoreReady>('./store-process.ts', { directory, admin, port: 0 } satisfies StoreWanted);
    host = await startProcess<HostReady>('./host-process.ts', { limits: RAISED_LIMITS } satisfies HostWanted);
    await askStore('PUT', '/mine');
    await askHost('PUT', 'packages/cascade', {});
  });
  after(async () => {
    await store.close();
    await host.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ask = async (url: string, credentials: string, method: string, body?: object): Promise<unknown> => {
    const headers = {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return (await fetch(url, init)).json();
  };
  const askStore = (method: string, path: string) =>
    ask(`${store.ready.url}${path}`, `${admin.name}:${admin.password}`, method);
  const askHost = (method: string, path: string, body?: object) =>
    ask(`${host.ready.url}/api/v1/namespaces/_/${path}`, host.ready.auth, method, body);

  const databases = async () => ((await askStore('GET', '/_all_dbs')) as string[]).filter((name) => name !== '_users');
  const users = async () =>
    ((await askStore('GET', '/_users/_all_docs')) as { rows: { id: string }[] }).rows
      .map(({ id }) => id)
      .filter((id) => id.startsWith('org.couchdb.user:'));
  const packages = async () => ((await askHost('GET', 'packages')) as { name: string }[]).map(({ name }) => name);
  const nothingOfOurs = async (): Promise<void> => {
    expect(await databases()).to.deep.equal(['mine']);
    expect(await users()).to.deep.equal([]);
    expect(await packages()).to.deep.equal(['cascade']);
    expect(await askHost('GET', 'actions')).to.deep.equal([]);
  };
  const storeAddress = (): string => store.ready.url.replace('://', '://boss:p%40ss%2Fword@');

  it('uses them, under names of its own, and leaves nothing there', async () => {
    const { url, auth } = host.ready;
    const servers = { store: storeAddress(), openwhisk: { url, auth } };
    const said: string[] = [];
    const rig = await startLedgerRig({ servers, chains: rowChains(3) }, (line) => said.push(line));
    try {
      expect(rig.host.ready.url).to.equal(url);
      expect(await databases())
        .to.have.length(2)
        .and.include(rig.store.settings.COUCHDB_DATABASE);
      expect(await packages()).to.have.members(['cascade', rig.host.packageName]);
      await rig.tenant.call('POST', `/_sim/apps/${rowApp(0).appId}/reload`, { type: 'chronos' });
      const { due } = await sweepUntilSilent(rig, 60_000);
      const started = (await rig.tenant.reloads()).map(({ appId }) => appId);
      expect([due, ...started]).to.have.members([0, rowApp(0).appId, rowApp(1).appId, rowApp(2).appId]);
      expect(said.join('\n')).not.to.contain(auth.split(':')[1]);
    } finally {
      await rig.close();
    }
    await nothingOfOurs();
  });

  it('leaves nothing there either where it is interrupted', async () => {
    const args = ['--import', 'tsx', MAIN, 'race', '--store', storeAddress()];
    const bench = spawn(process.execPath, args, { stdio: 'ignore' });
    const ended = once(bench, 'exit');
    await until('the database', async () => (await users()).length === 1);
    bench.kill('SIGINT');
    expect(await ended).to.deep.equal([130, null]);
    await nothingOfOurs();
  });

  it('never kills them', async () => {
    const given = await startBenchStore({ store: storeAddress() });
    for (const harm of [given.kill, given.restart]) {
      const refusal = await harm().catch((error: Error) => error.message);
      expect(refusal).to.equal("The CouchDB is somebody's: it is neither killed nor started here.");
    }
    await given.close();
  });
});
