import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { useHost } from '../host/support/use-host.ts';
import { useClientTool } from './support/use-client-tool.ts';

const HELLO = `function main({ name = 'stranger', place = 'nowhere' }) {
  console.log('asked by', name);
  return { greeting: 'Hello, ' + name + ' from ' + place };
}
`;
const ok = (out: string) => ({ code: 0, out: `${out}\n`, err: '' });
const row = (name: string, more = ''): string => `${name.padEnd(71)}private${more}`;

describe('wsk, as it comes', () => {
  const host = useHost();
  const wsk = useClientTool('wsk', host);
  before(() => wsk.write('hello.js', HELLO));

  it('tells the API’s build among its properties', async () => {
    // With this command the flags for host and key only ask for the two values, which come from the file.
    await wsk.write('wskprops', `APIHOST=${host.url}\nAUTH=${host.auth}\n`);
    expect(await wsk.run('property', 'get', '--apibuild', '--apibuildno')).to.deep.equal(
      ok(
        `whisk API host\t\t${host.url}\nwhisk auth\t\t${host.auth}\nwhisk API build\t\tcascade-local-host\nwhisk API build number\t0`,
      ),
    );
  });

  it('makes packages and actions, lists and shows them', async () => {
    expect(await wsk.run('package', 'create', 'p', '--param', 'place', 'Paris')).to.deep.equal(
      ok('ok: created package p'),
    );
    expect(await wsk.run('action', 'create', 'p/hello', 'hello.js', '--web', 'true')).to.deep.equal(
      ok('ok: created action p/hello'),
    );
    expect(await wsk.run('action', 'update', 'p/hello', '--timeout', '5000')).to.deep.equal(
      ok('ok: updated action p/hello'),
    );
    expect(await wsk.run('action', 'list', 'p')).to.deep.equal(ok(`actions\n${row('/guest/p/hello', ' nodejs:20')}`));
    const { out } = await wsk.run('action', 'get', 'p/hello');
    expect(out).to.match(/^ok: got action p\/hello\n/);
    expect(JSON.parse(out.slice(out.indexOf('\n')))).to.deep.nested.include({
      'limits.timeout': 5000,
      version: '0.0.2',
    });
    expect(await wsk.run('action', 'get', 'p/hello', '--url')).to.deep.equal(
      ok(`ok: got action hello\n${host.url}/api/v1/web/guest/p/hello`),
    );
  });

  it('makes a sequence and runs it', async () => {
    expect(await wsk.run('action', 'create', 'p/both', '--sequence', 'p/hello,p/hello')).to.deep.equal(
      ok('ok: created action p/both'),
    );
    expect((await wsk.run('action', 'invoke', 'p/both', '--result')).out).to.equal(
      '{\n    "greeting": "Hello, stranger from Paris"\n}\n',
    );
  });

  it('invokes: for the result, for the record, and without waiting', async () => {
    expect(await wsk.run('action', 'invoke', 'p/hello', '--result', '--param', 'name', 'Amy')).to.deep.equal(
      ok('{\n    "greeting": "Hello, Amy from Paris"\n}'),
    );
    const { code, out } = await wsk.run('action', 'invoke', 'p/hello', '--blocking');
    expect([code, out.split('\n')[0]]).to.deep.equal([0, 'ok: invoked /_/p/hello with id <id>']);
    expect(JSON.parse(out.slice(out.indexOf('{')))).to.deep.nested.include({
      'response.success': true,
      'response.result.greeting': 'Hello, stranger from Paris',
    });
    expect(await wsk.run('action', 'invoke', 'p/hello')).to.deep.equal(ok('ok: invoked /_/p/hello with id <id>'));
  });

  it('says what OpenWhisk says of a mistake', async () => {
    const { code, err } = await wsk.run('action', 'invoke', 'p/nope', '--result');
    // The exit code is the HTTP status 404, as much of it as fits.
    expect(code).to.equal(404 % 256);
    expect(err).to.contain("Unable to invoke action 'p/nope': The requested resource does not exist. (code <id>)");
    await wsk.write('x.py', 'def main(args): return args\n');
    const python = await wsk.run('action', 'create', 'x', 'x.py', '--kind', 'python:3');
    expect(python.code).to.equal(400 % 256);
    expect(python.err).to.contain("The specified runtime 'python:3' is not supported by this platform.");
  });

  it('binds a package', async () => {
    expect(await wsk.run('package', 'bind', 'p', 'q', '--param', 'place', 'Rome')).to.deep.equal(
      ok('ok: created binding q'),
    );
    expect((await wsk.run('action', 'invoke', 'q/hello', '--result')).out).to.contain('from Rome');
  });

  it('makes triggers and rules, fires, and switches a rule off and on', async () => {
    expect(await wsk.run('trigger', 'create', 'tr', '--param', 'place', 'Oslo')).to.deep.equal(
      ok('ok: created trigger tr'),
    );
    expect(await wsk.run('rule', 'create', 'r', 'tr', 'p/hello')).to.deep.equal(ok('ok: created rule r'));
    expect(await wsk.run('trigger', 'fire', 'tr')).to.deep.equal(ok('ok: triggered /_/tr with id <id>'));
    expect(await wsk.run('rule', 'disable', 'r')).to.deep.equal(ok('ok: disabled rule r'));
    expect(await wsk.run('rule', 'status', 'r')).to.deep.equal(ok('ok: rule r is inactive'));
    expect(await wsk.run('trigger', 'fire', 'tr')).to.deep.equal(ok('ok: triggered /_/tr with id '));
    expect(await wsk.run('rule', 'enable', 'r')).to.deep.equal(ok('ok: enabled rule r'));
    expect(await wsk.run('rule', 'list')).to.deep.equal(ok(`rules\n${row('/guest/r', '              active')}`));
    const trigger = (await wsk.run('trigger', 'get', 'tr')).out;
    expect(JSON.parse(trigger.slice(trigger.indexOf('\n'))).rules).to.deep.equal({
      'guest/r': { action: { name: 'hello', path: 'guest/p' }, status: 'active' },
    });
  });

  it('lists activations, and shows one with its logs and its result', async () => {
    const { json } = await host.rest('POST', 'actions/p/hello?blocking=true', { name: 'Zoe' });
    await host.record(json.activationId);
    const { out } = await wsk.run('activation', 'list', '--limit', '1');
    const [head, line = ''] = out.split('\n');
    expect(head).to.match(/^Datetime +Activation ID +Kind +Start +Duration +Status +Entity$/);
    expect(line).to.match(/^<time> <id> nodejs:20 (warm|cold) +\d+m?s +success guest\/hello:0\.0\.2$/);
    expect((await wsk.run('activation', 'list', '--limit', '2', 'p/hello')).out.split('\n')).to.have.lengthOf(4);
    expect((await wsk.run('activation', 'list', 'hello')).out.trim().split('\n')).to.have.lengthOf(1);
    const got = (await wsk.run('activation', 'get', json.activationId)).out;
    expect(got).to.match(/^ok: got activation <id>\n/);
    expect(JSON.parse(got.slice(got.indexOf('\n'))).response.result).to.deep.equal({
      greeting: 'Hello, Zoe from Paris',
    });
    expect(await wsk.run('activation', 'logs', json.activationId)).to.deep.equal(ok('<time> asked by Zoe'));
    expect((await wsk.run('activation', 'result', json.activationId)).out).to.contain('Hello, Zoe from Paris');
  });

  it('follows activations', async () => {
    const polled = wsk.run('activation', 'poll', '--exit', '3');
    let isOver = false;
    void polled.then(() => {
      isOver = true;
    });
    const invoked = setInterval(() => void host.rest('POST', 'actions/p/hello', { name: 'Polly' }), 500);
    await until('the end of the poll', () => isOver);
    clearInterval(invoked);
    expect((await polled).out).to.match(
      /Polling for activation logs[\s\S]*Activation: 'hello' \(<id>\)\n\[\n {4}"<time> asked by Polly"\n\]/,
    );
  });

  it('makes, shows, changes and deletes a trigger with an alarm', async () => {
    const alarm = ['--feed', '/whisk.system/alarms/alarm'];
    const created = await wsk.run('trigger', 'create', 'daily', ...alarm, '--param', 'cron', '0 8 * * *');
    expect([created.code, created.out.trim().split('\n').at(-1)]).to.deep.equal([0, 'ok: created trigger daily']);
    expect((await wsk.run('trigger', 'get', 'daily')).out).to.contain('"cron": "0 8 * * *"');
    expect((await wsk.run('trigger', 'update', 'daily', '--param', 'cron', '0 9 * * *')).code).to.equal(0);
    expect((await wsk.run('trigger', 'get', 'daily')).out).to.contain('"cron": "0 9 * * *"');
    expect((await wsk.run('trigger', 'delete', 'daily')).out).to.contain('ok: deleted trigger daily');
    const bad = await wsk.run('trigger', 'create', 'bad', ...alarm);
    expect(bad.code).not.to.equal(0);
    expect((await host.rest('GET', 'triggers/bad')).status).to.equal(404);
    expect((await wsk.run('package', 'get', '/whisk.system/alarms', '--summary')).out).to.contain(
      ' feed   /whisk.system/alarms/once\n',
    );
  });

  it('deletes it all', async () => {
    for (const [type, name] of [
      ['rule', 'r'],
      ['trigger', 'tr'],
      ['package', 'q'],
      ['action', 'p/both'],
      ['action', 'p/hello'],
      ['package', 'p'],
    ] as const) {
      expect(await wsk.run(type, 'delete', name)).to.deep.equal(ok(`ok: deleted ${type} ${name}`));
    }
  });
});
