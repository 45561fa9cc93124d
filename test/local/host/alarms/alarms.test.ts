import { expect } from 'chai';
import { fakeClock } from '../support/fake-clock.ts';
import { send } from '../support/send.ts';
import { basic, useHost } from '../support/use-host.ts';

const START = Date.parse('2026-03-01T12:00:10Z');
const MINUTE = 60_000;

describe('/whisk.system/alarms', () => {
  const clock = fakeClock(START);
  const host = useHost({}, { now: clock.now, later: clock.later });
  const system = async (method: string, path: string, body?: object, auth = host.auth) => {
    const headers = { authorization: basic(auth), 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const url = `${host.url}/api/v1/namespaces/whisk.system/${path}`;
    const { status, text } = await send(url, { method, headers, ...content });
    return { status, json: JSON.parse(text) };
  };
  const feed = async (name: string, lifecycleEvent: string, trigger: string, inputs: object = {}) => {
    const identity = { lifecycleEvent, triggerName: `/${host.ns}/${trigger}`, authKey: host.auth };
    const { status, json } = await system('POST', `actions/alarms/${name}?blocking=true`, { ...identity, ...inputs });
    return { status, result: json.response?.result };
  };
  /** Makes a trigger with a rule to an action that returns its parameters. */
  const trigger = async (name: string): Promise<void> => {
    await host.action('echo', 'function main(params) { return params }');
    await host.rest('PUT', `triggers/${name}?overwrite=true`, { parameters: [{ key: 'from', value: 'trigger' }] });
    await host.rest('PUT', `rules/${name}Rule?overwrite=true`, { trigger: `/_/${name}`, action: '/_/t/echo' });
  };
  const fires = async (name: string) => host.list(`activations?name=${name}&docs=true&limit=200`);
  const active = async (name: string) => (await feed('interval', 'READ', name)).result;

  it('may be read and its feeds invoked by everybody with a key, and changed by nobody', async () => {
    const found = await system('GET', 'packages/alarms');
    expect(found.status).to.equal(200);
    expect(found.json.feeds.map(({ name }: { name: string }) => name)).to.have.members(['alarm', 'interval', 'once']);
    expect((await system('GET', 'packages')).json).to.have.lengthOf(1);
    expect((await system('GET', 'actions/alarms/alarm')).json).to.include({ namespace: 'whisk.system/alarms' });
    for (const path of ['packages/mine', 'actions/alarms/mine', 'packages/alarms?overwrite=true']) {
      expect((await system('PUT', path, {})).status, path).to.equal(403);
    }
    expect((await system('DELETE', 'packages/alarms')).status).to.equal(403);
    expect((await system('GET', 'activations')).status).to.equal(403);
    expect((await system('GET', 'packages/alarms', undefined, 'a:b')).status).to.equal(401);
  });

  it('ow-feeds-04: fires with the payload as parameters, over the trigger’s own', async () => {
    await trigger('every');
    const inputs = { minutes: 1, trigger_payload: { sweep: true } };
    expect(await feed('interval', 'CREATE', 'every', inputs)).to.deep.equal({
      status: 200,
      result: { status: 'success' },
    });
    clock.pass(2 * MINUTE);
    const [latest, ...others] = await fires('every');
    expect(others).to.have.lengthOf(1);
    expect(latest?.response.result).to.deep.equal({ sweep: true });
    const line = JSON.parse(latest?.logs[0] ?? '{}');
    expect(line).to.include({ success: true, rule: `${host.ns}/everyRule`, action: `${host.ns}/t/echo` });
    const { result } = (await host.record(line.activationId)).response;
    expect(result).to.include({ sweep: true, from: 'trigger' });
    expect(result['__ow_headers']).to.include({ authorization: basic(host.auth) });
  });

  it('ow-feeds-03: tells, changes, pauses and ends a feed', async () => {
    await trigger('whole');
    await feed('alarm', 'CREATE', 'whole', { cron: '*/5 * * * *', trigger_payload: 'text' });
    const { config, status } = (await feed('alarm', 'READ', 'whole')).result;
    expect(config).to.deep.equal({
      name: 'whole',
      namespace: host.ns,
      payload: { payload: 'text' },
      cron: '*/5 * * * *',
      timezone: 'UTC',
    });
    expect(status).to.include({ active: true });
    await feed('alarm', 'UPDATE', 'whole', { cron: '* * * * *' });
    clock.pass(MINUTE);
    expect(await fires('whole')).to.have.lengthOf(1);
    await feed('alarm', 'PAUSE', 'whole');
    clock.pass(3 * MINUTE);
    expect(await fires('whole')).to.have.lengthOf(1);
    await feed('alarm', 'UNPAUSE', 'whole');
    clock.pass(MINUTE);
    expect(await fires('whole')).to.have.lengthOf(2);
    expect((await feed('alarm', 'DELETE', 'whole')).status).to.equal(200);
    clock.pass(10 * MINUTE);
    expect(await fires('whole')).to.have.lengthOf(2);
    expect(await feed('alarm', 'READ', 'whole')).to.deep.equal({
      status: 502,
      result: { error: { error: 'could not find trigger whole in the database' } },
    });
  });

  it('switches itself off when its trigger is gone', async () => {
    await trigger('gone');
    await feed('interval', 'CREATE', 'gone', { minutes: 1 });
    await host.rest('DELETE', 'triggers/gone');
    clock.pass(MINUTE);
    await trigger('gone');
    expect((await active('gone')).status.reason).to.include({ statusCode: 404 });
  });

  it('removes a trigger, and with it its rules, after it has fired once', async () => {
    for (const [name, deleteAfterFire] of [
      ['onceTrigger', 'true'],
      ['onceRules', 'rules'],
    ] as const) {
      await trigger(name);
      await feed('once', 'CREATE', name, { date: new Date(clock.now() + MINUTE).toISOString(), deleteAfterFire });
      clock.pass(MINUTE);
      expect((await host.rest('GET', `triggers/${name}`)).status).to.equal(404);
    }
    expect((await host.rest('GET', 'rules/onceTriggerRule')).json.status).to.equal('inactive');
    expect((await host.rest('GET', 'rules/onceRulesRule')).status).to.equal(404);
  });

  for (const [name, inputs, error] of [
    ['alarm', {}, 'alarms trigger feed is missing the cron parameter'],
    ['alarm', { cron: 'soon' }, "cron pattern 'soon' is not valid"],
    ['alarm', { cron: '* * * * * * *' }, "cron pattern '* * * * * * *' is not valid"],
    ['alarm', { cron: '* * * * *', timezone: 'Mars/Olympus' }, "cron pattern '* * * * *' is not valid"],
    ['interval', {}, 'interval trigger feed is missing the minutes parameter'],
    ['interval', { minutes: 1.5 }, 'the minutes parameter must be an integer'],
    ['interval', { minutes: -1 }, 'the minutes parameter must be an integer greater than zero'],
    ['interval', { minutes: 1, stopDate: 'later' }, "stopDate parameter 'later' is not a valid Date"],
    ['once', {}, 'alarms once trigger feed is missing the date parameter'],
    ['once', { date: '2020-01-01T00:00:00Z' }, "date parameter '2020-01-01T00:00:00Z' must be in the future"],
    [
      'once',
      { date: '2100-01-01', deleteAfterFire: 'maybe' },
      'deleteAfterFire parameter must be one of [false, true, rules].',
    ],
  ] as const) {
    it(`refuses ${name} with ${JSON.stringify(inputs)}`, async () => {
      await trigger('refused');
      const { status, result } = await feed(name, 'CREATE', 'refused', inputs);
      expect(status).to.equal(502);
      expect(result.error).to.include({ error });
    });
  }

  it('refuses another key, an unknown trigger, and a second feed for one trigger', async () => {
    await trigger('twice');
    expect((await feed('interval', 'CREATE', 'twice', { minutes: 1 })).status).to.equal(200);
    const error = 'Trigger authentication request failed.';
    expect((await feed('interval', 'CREATE', 'nowhere', { minutes: 1 })).result.error).to.include({ error });
    expect((await feed('interval', 'CREATE', 'twice', { minutes: 1, authKey: 'a:b' })).result.error).to.include({
      error,
    });
    expect((await feed('interval', 'CREATE', 'twice', { minutes: 1 })).result.error).to.include({
      error: 'error creating alarm trigger.',
    });
  });
});
