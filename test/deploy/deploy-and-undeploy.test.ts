import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { startHost } from '../../local/host/start-host.ts';
import { startStore } from '../../local/store/start-store.ts';
import { deploySchedule } from '../../src/deploy/deploy-manifest.ts';
import { type DeployCommand, runWskdeploy } from '../../src/deploy/run-wskdeploy.ts';
import { requireTool } from '../support/require-tool.ts';
import { makeManifestFolder, REPOSITORY, SETTINGS } from './support/manifest-folder.ts';
import { readEverything } from './support/read-everything.ts';
import { refusal } from './support/refusal.ts';

const { signal } = new AbortController();

describe('deploying to a host and undeploying from it', () => {
  let host: Awaited<ReturnType<typeof startHost>>;
  let root = '';
  let remove: () => Promise<void>;

  before(async function () {
    const wskdeploy = requireTool(this, 'wskdeploy');
    host = await startHost({ port: 0, namespace: 'acme' });
    ({ folder: root, remove } = await makeManifestFolder());
    await mkdir(join(root, '.tools'));
    await symlink(wskdeploy, join(root, '.tools/wskdeploy'));
    await writeFile(join(root, '.env'), '');
  });
  after(async () => {
    await host?.close();
    await remove?.();
  });

  const run = async (command: DeployCommand, changed: Readonly<Record<string, string>> = {}) => {
    const lines: string[] = [];
    const environment = { OPENWHISK_APIHOST: host.url, OPENWHISK_AUTH: host.auth, ...SETTINGS, ...changed };
    const print = (line: string): unknown => lines.push(line);
    const code = await runWskdeploy({ command, root, environment, insecure: false, print, signal });
    return { code, lines };
  };
  const packages = async (): Promise<unknown> => (await readEverything(host.url, host.auth))['packages'];

  for (const namespace of ['_', 'acme']) {
    it(`ends with the URLs of what the web can reach, without the dashboard’s if its setting is empty, in the namespace ${namespace}`, async () => {
      const { code, lines } = await run('deploy', { OPENWHISK_NAMESPACE: namespace });
      expect(code).to.equal(0);
      expect(lines.slice(-3)).to.deep.equal([
        `${host.url}/api/v1/web/acme/cascade/webhook`,
        `${host.url}/api/v1/web/acme/cascade/chains`,
        `${host.url}/api/v1/web/acme/cascade/metrics`,
      ]);
      expect(await fetch(lines.at(-1) ?? '')).to.include({ status: 200 });
    });
  }

  const wrong: readonly [string, Record<string, string>, RegExp][] = [
    ['a wrong key', { OPENWHISK_AUTH: 'made-up:key' }, /^\S+ does not know the key in OPENWHISK_AUTH\.$/],
    ['a wrong namespace', { OPENWHISK_NAMESPACE: 'nobody' }, /namespace in OPENWHISK_NAMESPACE \("nobody"\)/],
  ];
  for (const command of ['deploy', 'undeploy'] as const) {
    for (const [title, changed, told] of wrong) {
      it(`does nothing with ${title}, and names the setting: ${command}`, async () => {
        await run('deploy');
        expect(await refusal(run(command, changed)))
          .to.match(told)
          .and.not.contain('made-up');
        expect(await packages()).to.have.length(1);
      });
    }
  }

  it('leaves nothing, needs no setting but the host’s and what the manifest demands, and may be done twice', async () => {
    await run('deploy');
    for (const _time of ['first', 'second']) {
      expect(await run('undeploy', { WEBHOOK_SECRET: 'short' })).to.include({ code: 0 });
      expect(await packages()).to.deep.equal([]);
    }
  });

  it('deploys the questions only while QUESTIONS_TAGS is set, and takes them off again', async () => {
    const store = await startStore({ port: 0 });
    await copyFile(join(REPOSITORY, 'questions.yaml'), join(root, 'questions.yaml'));
    const client = openwhisk({ apihost: host.url, api_key: host.auth });
    const names = async () => [
      ...(await client.packages.list()).map(({ name }) => name),
      ...(await client.rules.list()).map(({ name }) => name),
      ...(await client.triggers.list()).map(({ name }) => name),
    ];
    const WITH = ['questions', 'cascade', 'questions-socron', 'questions-every-10-minutes'];
    const COUCHDB_URL = store.url.replace('//', `//${store.user}:${store.password}@`);
    try {
      expect(await run('deploy', { COUCHDB_URL, QUESTIONS_TAGS: 'qlik-sense' })).to.include({ code: 0 });
      expect(await names()).to.have.members(WITH);
      const handler = await client.actions.get('questions/qhandler');
      expect(handler.exec).to.deep.include({ components: ['/acme/questions/storer', '/acme/cascade/notifier'] });
      expect(await run('deploy', { COUCHDB_URL })).to.include({ code: 0 });
      expect(await names()).to.deep.equal(['cascade']);
      await run('deploy', { COUCHDB_URL, QUESTIONS_TAGS: 'qlik-sense' });
      expect(await run('undeploy')).to.include({ code: 0 });
      expect(await names()).to.deep.equal([]);
    } finally {
      await rm(join(root, 'questions.yaml'));
      await store.close();
    }
  });

  it('takes the schedule and the meter off where the ledger is gone', async () => {
    const scheduleFile = join(root, 'schedule.yaml');
    await copyFile(join(REPOSITORY, 'schedule.yaml'), scheduleFile);
    await run('deploy');
    const client = openwhisk({ apihost: host.url, api_key: host.auth });
    await client.actions.update({ name: 'cascade/meter', action: 'exports.main = () => ({})', kind: 'nodejs:20' });
    await deploySchedule({ scheduleFile, client });
    expect(await run('deploy')).to.include({ code: 0 });
    expect([await client.rules.list(), await client.triggers.list()]).to.deep.equal([[], []]);
    expect(await packages()).to.have.length(1);
    const names = (await client.actions.list()).map(({ name }) => name);
    expect(names).to.include('metrics').and.not.include('meter');
  });
});
