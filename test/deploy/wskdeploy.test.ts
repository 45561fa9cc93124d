import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { startHost } from '../../local/host/start-host.ts';
import { deployManifest, deploySchedule } from '../../src/deploy/deploy-manifest.ts';
import { requireTool } from '../support/require-tool.ts';
import { makeManifestFolder, REPOSITORY, SETTINGS } from './support/manifest-folder.ts';
import { readEverything } from './support/read-everything.ts';
import { type WskdeployOptions, wskdeploy } from './support/wskdeploy.ts';

const NOTHING = { packages: [], actions: [], triggers: [], rules: [] };
const WHOLE = [
  'packages',
  'packages/cascade',
  'actions',
  'actions/cascade/chains',
  'actions/cascade/collector',
  'actions/cascade/dashboard',
  'actions/cascade/invoker',
  'actions/cascade/meter',
  'actions/cascade/metrics',
  'actions/cascade/notifier',
  'actions/cascade/receiver',
  'actions/cascade/record',
  'actions/cascade/reload',
  'actions/cascade/resolver',
  'actions/cascade/storer',
  'actions/cascade/sweep',
  'actions/cascade/webhook',
  'triggers',
  'rules',
];

describe('the manifest under real wskdeploy', () => {
  let program = '';
  let folder = '';
  let remove: () => Promise<void>;
  let host: Awaited<ReturnType<typeof startHost>>;

  before(async function () {
    program = requireTool(this, 'wskdeploy');
    ({ folder, remove } = await makeManifestFolder());
  });
  after(() => remove?.());
  beforeEach(async () => {
    host = await startHost({ port: 0 });
  });
  afterEach(() => host?.close());

  const run = (env: WskdeployOptions['env'], command?: 'undeploy', manifest?: string) =>
    wskdeploy({
      wskdeploy: program,
      apihost: host.url,
      auth: host.auth,
      folder,
      env,
      ...(command !== undefined && { command }),
      ...(manifest !== undefined && { manifest }),
    });
  const everything = () => readEverything(host.url, host.auth);
  const manifestFile = () => join(folder, 'manifest.yaml');
  const client = () => openwhisk({ apihost: host.url, api_key: host.auth, namespace: '_' });

  it('leaves the same entities when deployed twice', async () => {
    expect(await run(SETTINGS)).to.include({ code: 0 });
    const once = await everything();
    expect(once).to.have.all.keys(WHOLE);
    expect(await run(SETTINGS)).to.include({ code: 0 });
    expect(await everything()).to.deep.equal(once);
  });

  it('leaves what our own calls leave', async () => {
    const env = { ...SETTINGS, COUCHDB_URL: 'https://cascade:pw@couch.example' };
    expect(await run(env)).to.include({ code: 0 });
    const theirs = await everything();
    expect(await run(SETTINGS, 'undeploy')).to.include({ code: 0 });
    expect(await everything()).to.deep.equal(NOTHING);
    await deployManifest({ manifestFile: manifestFile(), env, client: client() });
    expect(await everything()).to.deep.equal(theirs);
  });

  it('leaves nothing when undeployed, and may be undeployed again', async () => {
    await run(SETTINGS);
    for (const _time of ['first', 'second']) {
      expect(await run(SETTINGS, 'undeploy')).to.include({ code: 0 });
      expect(await everything()).to.deep.equal(NOTHING);
    }
  });

  it('fires the sweep by schedule.yaml as our own calls do, and takes that off again', async () => {
    await run(SETTINGS);
    const without = await everything();
    const manifest = 'schedule.yaml';
    await copyFile(join(REPOSITORY, manifest), join(folder, manifest));
    expect(await run({}, undefined, manifest)).to.include({ code: 0 });
    const theirs = await everything();
    expect(theirs).to.include.keys('triggers/cascade-every-5-minutes', 'rules/cascade-sweep');
    expect(await run({}, undefined, manifest)).to.include({ code: 0 });
    await deploySchedule({ scheduleFile: join(folder, manifest), client: client() });
    expect(await everything()).to.deep.equal(theirs);
    expect(await run({}, 'undeploy', manifest)).to.include({ code: 0 });
    expect(await everything()).to.deep.equal(without);
  });

  for (const name of Object.keys(SETTINGS)) {
    for (const how of ['missing', 'empty'] as const) {
      it(`deploys nothing where ${name} is ${how}, and says its name`, async () => {
        const { [name]: _left, ...rest } = SETTINGS as Readonly<Record<string, string>>;
        const { code, text } = await run(how === 'missing' ? rest : { ...rest, [name]: '' });
        expect(code).to.equal(255);
        expect(text).to.contain(name);
        expect(await everything()).to.deep.equal(NOTHING);
      });
    }
  }

  const standIns: readonly [string, string, string][] = [
    ['WEBHOOK_SECRET', 'WEBHOOK_API_KEY', 'key'],
    ['QLIK_API_KEY', 'QLIK_CLIENT_SECRET', 'secret'],
    ['READ_API_KEY', 'READ_JWT_SECRET', 'secret'],
  ];
  for (const [name, other, value] of standIns) {
    it(`deploys without ${name} where ${other} is set`, async () =>
      expect(await run({ ...SETTINGS, [name]: '', [other]: value })).to.include({ code: 0 }));
  }
});
