import { expect } from 'chai';
import { asMap } from '../../local/host/support/body.ts';
import { until } from '../../support/until.ts';
import { useAlarms } from './support/alarms.ts';
import { notOffered } from './support/not-offered.ts';
import { useHost } from './support/use-host.ts';
import { useWskdeploy } from './support/wskdeploy.ts';

const ECHO = 'function main(params) { return params }';
const SOON_MS = 2_000;
const DAY_MS = 86_400_000;

describe('contract of OpenWhisk: feeds', () => {
  const host = useHost('feeds');
  const tool = useWskdeploy(host);
  const alarms = useAlarms(host);
  const payload = { from: 'alarm' };

  it('ow-feeds-01: wskdeploy puts the trigger with its feed, and then invokes the feed action', async () => {
    const [pkg, trigger] = [host.name('f01'), host.name('f01-t')];
    host.note(`packages/${pkg}`);
    host.note(`triggers/${trigger}`);
    await host.action('feed', ECHO, { feed: true });
    const feed = `/${host.ns}/${host.pkg}/feed`;
    const triggers = `${trigger}: { feed: ${feed}, inputs: { minutes: 5 } }`;
    await tool.write(
      'manifest.yaml',
      `project:\n  name: ${pkg}\n  packages:\n    ${pkg}:\n      triggers:\n        ${triggers}\n`,
    );
    const { code, text, requests } = await tool.run();
    expect(code, text).to.equal(0);
    const put = requests.indexOf(`PUT triggers/${trigger}?overwrite=true`);
    const invoked = requests.findIndex((request) => request.startsWith(`POST actions/${host.pkg}/feed?`));
    expect(put).to.be.above(0);
    expect(invoked).to.be.above(put);
    expect(requests[invoked]).to.contain('blocking=true');
    expect(asMap((await host.rest('GET', `triggers/${trigger}`)).json.annotations)).to.include({ feed });
    const record = await until('the record of the feed action', async () => {
      return (await host.list(`activations?name=${host.pkg}/feed&docs=true`))[0];
    });
    expect(record.response.result).to.deep.equal({
      lifecycleEvent: 'CREATE',
      triggerName: `/${host.ns}/${trigger}`,
      authKey: host.auth,
      minutes: 5,
    });
  });

  it('ow-feeds-02: a host without the alarms package answers 403 or 404', async () => {
    const { status } = await host.rest('GET', '../whisk.system/packages/alarms');
    expect(status).to.be.oneOf([200, 403, 404]);
  });

  it('ow-feeds-03: a feed is made, read, changed, paused, resumed and deleted by lifecycle events', async function () {
    await alarms.require(this);
    const { trigger } = await alarms.trigger('f03');
    const tell = (event: string, inputs: object = {}) => alarms.tell('interval', event, trigger, inputs);
    expect((await tell('CREATE', { minutes: 60 })).status).to.equal(200);
    const described = async () => (await tell('READ')).json.response.result as { config: object; status: object };
    expect((await described()).config).to.include({ minutes: 60 });
    expect((await tell('UPDATE', { minutes: 120 })).status).to.equal(200);
    expect((await described()).config).to.include({ minutes: 120 });
    expect((await tell('PAUSE')).status).to.equal(200);
    expect((await described()).status).to.include({ active: false });
    expect((await tell('UNPAUSE')).status).to.equal(200);
    expect((await described()).status).to.include({ active: true });
    expect((await tell('DELETE')).status).to.equal(200);
    expect((await tell('READ')).status).to.equal(502);
    expect((await tell('NONSENSE')).status).to.equal(502);
  });

  it('ow-feeds-04: interval fires with its payload, and takes whole minutes', async function () {
    await alarms.require(this);
    const { trigger, fired } = await alarms.trigger('f04');
    for (const minutes of [0, 1.5]) {
      const refused = await alarms.tell('interval', 'CREATE', trigger, { minutes });
      expect(refused.status, `${minutes}`).to.equal(502);
    }
    const startDate = host.now() + SOON_MS;
    const inputs = { minutes: 1, trigger_payload: payload, startDate, stopDate: startDate + 30_000 };
    expect((await alarms.tell('interval', 'CREATE', trigger, inputs)).status).to.equal(200);
    expect(await fired()).to.include(payload);
  });

  it('ow-feeds-05: alarm fires by five or six fields, in UTC unless another time zone is named', async function () {
    await alarms.require(this);
    const [utc, zoned, five] = [
      await alarms.trigger('f05'),
      await alarms.trigger('f05z'),
      await alarms.trigger('f05m'),
    ];
    const at = new Date(host.now() + 2 * SOON_MS);
    const [second, minute, hour] = [at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours()];
    // Tokyo is nine hours ahead of UTC all the year round.
    const tokyo = (hour + 9) % 24;
    const create = (trigger: string, inputs: object) => alarms.tell('alarm', 'CREATE', trigger, inputs);
    const [cron, zonedCron] = [`${second} ${minute} ${hour} * * *`, `${second} ${minute} ${tokyo} * * *`];
    const strict = { strict: true, stopDate: host.now() + DAY_MS / 2 };
    const made = [
      await create(utc.trigger, { cron, trigger_payload: payload, ...strict }),
      await create(zoned.trigger, { cron: zonedCron, timezone: 'Asia/Tokyo', trigger_payload: payload }),
      await create(five.trigger, { cron: `${minute} ${hour} * * *` }),
    ];
    expect(made.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    expect(await utc.fired()).to.include(payload);
    expect(await zoned.fired()).to.include(payload);
    const seven = await create((await alarms.trigger('f05s')).trigger, { cron: '0 0 0 1 1 * 2030' });
    expect(seven.status).to.equal(502);
  });

  it('ow-feeds-06: once fires on its date, and then deletes the trigger, its rules too, or nothing', async function () {
    await alarms.require(this);
    const made = [];
    for (const [name, deleteAfterFire] of [
      ['f06', 'false'],
      ['f06t', 'true'],
      ['f06r', 'rules'],
    ] as const) {
      made.push({ ...(await alarms.trigger(name)), deleteAfterFire });
    }
    const date = host.now() + SOON_MS;
    for (const { trigger, deleteAfterFire } of made) {
      const inputs = { date, trigger_payload: payload, deleteAfterFire };
      expect((await alarms.tell('once', 'CREATE', trigger, inputs)).status).to.equal(200);
    }
    const [kept, gone, goneWithRule] = made;
    for (const each of made) expect(await each.fired()).to.include(payload);
    const statusOf = async (path: string) => (await host.rest('GET', path)).status;
    const isGone = (path: string) => until(`${path} deleted`, async () => (await statusOf(path)) === 404);
    await isGone(`triggers/${gone?.trigger}`);
    expect(await statusOf(`rules/${gone?.rule}`)).to.equal(200);
    await isGone(`triggers/${goneWithRule?.trigger}`);
    await isGone(`rules/${goneWithRule?.rule}`);
    expect(await statusOf(`triggers/${kept?.trigger}`)).to.equal(200);
  });
});

describe('contract of OpenWhisk: feeds, refused fires', () => {
  const host = useHost('feeds-refused', 'default');
  const alarms = useAlarms(host);

  it('ow-feeds-07: a fire refused by 429 is tried again, and after 404 the feed is switched off', async function () {
    await alarms.require(this);
    if (host.firesPerMinute > 1_000) notOffered(this, 'a limit of fires that can be reached');
    const [late, lost] = [await alarms.trigger('f07'), await alarms.trigger('f07x')];
    await host.nextMinute();
    const date = host.now() + SOON_MS;
    const due = Date.now() + SOON_MS;
    for (const { trigger } of [late, lost])
      expect((await alarms.tell('once', 'CREATE', trigger, { date, trigger_payload: { x: 1 } })).status).to.equal(200);
    await host.rest('DELETE', `triggers/${lost.trigger}`);
    await host.rest('PUT', `triggers/${host.name('idle')}`, {});
    // The first fire is due while the minute's are all spent; a deleted trigger is 429 too until then.
    for (let fires = 0; fires < host.firesPerMinute; fires++)
      await host.rest('POST', `triggers/${host.name('idle')}`, {});
    await until('the date of the fire', async () => Date.now() > due + 500, 10_000);
    await host.nextMinute();
    expect(await late.fired()).to.include({ x: 1 });
    await host.rest('PUT', `triggers/${lost.trigger}`, {});
    const status = await until('the feed of the lost trigger switched off', async () => {
      const { result } = (await alarms.tell('once', 'READ', lost.trigger)).json.response;
      const read = result['status'] as { active: boolean; reason?: { statusCode?: number } } | undefined;
      return read?.active === false && read;
    });
    expect(status.reason).to.include({ statusCode: 404 });
  });
});
