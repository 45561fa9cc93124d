import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { type LocalHost, startHost } from '../../local/host/start-host.ts';
import { deploySchedule } from '../../src/deploy/deploy-manifest.ts';
import { hasAlarms, isDeployed } from '../../src/deploy/on-host.ts';
import { readSchedule } from '../../src/deploy/read-manifest.ts';
import { REPOSITORY } from './support/manifest-folder.ts';
import { startRecordingHost } from './support/recording-host.ts';
import { refusal } from './support/refusal.ts';

const scheduleFile = join(REPOSITORY, 'schedule.yaml');
const signal = new AbortController().signal;

describe('the sweep’s schedule', () => {
  let host: LocalHost;
  let client: openwhisk.Client;

  before(async () => {
    host = await startHost({ port: 0 });
    client = openwhisk({ apihost: host.url, api_key: host.auth });
    await client.packages.update({ name: 'cascade', package: {} });
    for (const name of ['cascade/sweep', 'cascade/meter']) {
      await client.actions.update({ name, action: 'exports.main = () => ({})', kind: 'nodejs:20' });
    }
  });
  after(() => host.close());

  it('fires the sweep every five minutes, also when it is deployed again', async () => {
    for (let times = 0; times < 2; times += 1) {
      expect(await deploySchedule({ scheduleFile, client })).to.deep.equal([
        'cascade-every-5-minutes',
        'cascade-sweep',
        'cascade-meter',
      ]);
    }
    const rule = await client.rules.get({ name: 'cascade-sweep' });
    expect(rule).to.deep.include({ status: 'active', action: { path: 'guest/cascade', name: 'sweep' } });
    const meter = await client.rules.get({ name: 'cascade-meter' });
    expect(meter).to.deep.include({ status: 'active', action: { path: 'guest/cascade', name: 'meter' } });
    const trigger = await client.triggers.get({ name: 'cascade-every-5-minutes' });
    expect(trigger.annotations).to.deep.include({ key: 'feed', value: '/whisk.system/alarms/interval' });
    const feed = await client.actions.invoke({
      name: '/whisk.system/alarms/interval',
      blocking: true,
      result: true,
      params: { lifecycleEvent: 'READ', triggerName: '/_/cascade-every-5-minutes', authKey: host.auth },
    });
    expect(JSON.stringify(feed)).to.contain('"minutes":5');
  });

  it('goes on with a deployment if somebody has disabled its rule', async () => {
    await deploySchedule({ scheduleFile, client });
    await client.rules.disable({ name: 'cascade-sweep' });
    expect(await client.rules.get({ name: 'cascade-sweep' })).to.include({ status: 'inactive' });
    await deploySchedule({ scheduleFile, client });
    expect(await client.rules.get({ name: 'cascade-sweep' })).to.include({ status: 'active' });
  });

  it('is deployed only where the host has alarms', async () => {
    const settings = { host: new URL(host.url), auth: host.auth, namespace: '_', insecure: false, signal };
    expect(await hasAlarms(settings)).to.equal(true);
  });

  for (const [status, has] of [
    [200, true],
    [403, false],
    [404, false],
  ] as const) {
    it(`finds ${has ? '' : 'no '}alarms where the host answers ${status}`, async () => {
      const other = await startRecordingHost({ statusOf: () => status });
      const settings = { host: new URL(other.url), auth: host.auth, namespace: '_', insecure: false, signal };
      expect(await hasAlarms(settings)).to.equal(has);
      await other.close();
    });
  }

  for (const status of [500, 401, 0]) {
    it(`is not taken for undeployable where the host ${status === 0 ? 'gives no answer' : `answers ${status}`}`, async () => {
      const other = await startRecordingHost({ statusOf: () => status || 200 });
      if (status === 0) await other.close();
      const settings = { host: new URL(other.url), auth: 'made-up:key', namespace: '_', insecure: false, signal };
      const told = await refusal(hasAlarms(settings));
      expect(told)
        .to.contain(status === 0 ? 'gave no answer' : `answered ${status}`)
        .and.not.contain('made-up');
      if (status !== 0) await other.close();
    });
  }

  it('is known to be on the host by its trigger or its rule', async () => {
    const schedule = await readSchedule(scheduleFile);
    const found: boolean[] = [];
    for (const there of [/rules\/cascade-sweep$/, /triggers\/cascade-every-5-minutes$/, /nothing/]) {
      const other = await startRecordingHost({ statusOf: (path) => (there.test(path) ? 200 : 404) });
      const settings = { host: new URL(other.url), auth: host.auth, namespace: 'acme', insecure: false, signal };
      found.push(await isDeployed(schedule, settings));
      await other.close();
    }
    expect(found).to.deep.equal([true, true, false]);
  });

  it('is refused where it holds what would not be deployed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cascade-schedule-'));
    const file = join(folder, 'schedule.yaml');
    await writeFile(file, 'project: { name: x, packages: { default: { triggers: {}, rules: {}, actions: {} } } }');
    expect(await refusal(deploySchedule({ scheduleFile: file, client }))).to.contain('actions');
    await rm(folder, { recursive: true });
  });
});
