import { expect } from 'chai';
import { useHost } from '../host/support/use-host.ts';
import { useClientTool } from './support/use-client-tool.ts';

const HELLO = `function main({ name = 'stranger' }) {
  return { greeting: 'Hello, ' + name };
}
`;
/**
 * A manifest like wskdeploy's own samples, with actions that have inputs, web actions, sequences, triggers, feeds and
 * rules.
 */
const MANIFEST = `project:
  name: samples
  packages:
    samples:
      version: 1.0.0
      license: Apache-2.0
      inputs:
        name: { type: string, value: Package }
      actions:
        hello:
          function: hello.js
          runtime: nodejs:20
          limits: { timeout: 5000, memorySize: 128 }
        amy:
          function: hello.js
          runtime: nodejs:20
          web: true
          inputs:
            name: { type: string, value: Amy }
        tell: { function: tell.js, runtime: "nodejs:default" }
      sequences:
        both:
          actions: amy, tell
          web: raw
      triggers:
        plain: {}
        every:
          feed: /whisk.system/alarms/interval
          inputs:
            minutes: 5
            trigger_payload: { type: json, value: { name: Alarm } }
      rules:
        plainRule: { trigger: plain, action: hello }
        everyRule: { trigger: every, action: hello }
`;
const WITHOUT_TELL = MANIFEST.replace(/^ +tell:.*\n/m, '').replace('amy, tell', 'amy');
const SUCCESS = { code: 0, out: 'Success: Deployment completed successfully.\n', err: '' };

describe('wskdeploy, as it comes', () => {
  const host = useHost();
  const wskdeploy = useClientTool('wskdeploy', host);
  const names = async (what: string): Promise<readonly string[]> =>
    (await host.list(what)).map(({ name }) => name).sort();
  const alarm = async () => {
    const body = { lifecycleEvent: 'READ', triggerName: '/_/every', authKey: host.auth };
    const path = '../whisk.system/actions/alarms/interval?blocking=true';
    return (await host.rest('POST', path, body)).json.response.result;
  };
  const deploy = async (manifest: string, ...args: string[]) => {
    await wskdeploy.write('manifest.yaml', manifest);
    return wskdeploy.run(...args, '-m', 'manifest.yaml');
  };

  before(async () => {
    await wskdeploy.write('hello.js', HELLO);
    await wskdeploy.write('tell.js', 'function main({ greeting }) { return { body: greeting } }\n');
  });

  it('deploys actions, a sequence, triggers, a feed and rules, and they run', async () => {
    expect(await deploy(MANIFEST)).to.deep.equal(SUCCESS);
    expect(await names('actions')).to.deep.equal(['amy', 'both', 'hello', 'tell']);
    expect((await host.web('samples/both')).text).to.equal('Hello, Amy');
    const fired = await host.rest('POST', 'triggers/plain', {});
    const { activationId } = JSON.parse((await host.record(fired.json.activationId)).logs[0] ?? '');
    expect((await host.record(activationId)).response.result).to.deep.equal({ greeting: 'Hello, Package' });
    expect(await alarm()).to.deep.nested.include({ 'config.minutes': 5, 'config.payload': { name: 'Alarm' } });
  });

  it('deploys again over what is there, the feed too', async () => {
    expect(await deploy(MANIFEST.replace('minutes: 5', 'minutes: 7'))).to.deep.equal(SUCCESS);
    expect((await host.rest('GET', 'actions/samples/amy')).json.version).to.equal('0.0.2');
    expect(await alarm()).to.deep.nested.include({ 'config.minutes': 7 });
  });

  it('undeploys what the manifest names, the feed with its trigger, and does so twice', async () => {
    const undeployed = { code: 0, out: 'Success: Undeployment completed successfully.\n', err: '' };
    expect(await deploy(MANIFEST, 'undeploy')).to.deep.equal(undeployed);
    for (const what of ['actions', 'triggers', 'rules']) expect(await names(what), what).to.deep.equal([]);
    expect(await alarm()).to.deep.nested.include({ 'error.error': 'Trigger authentication request failed.' });
    expect((await deploy(MANIFEST, 'undeploy')).code).to.equal(0);
  });

  it('syncs: what the manifest no longer has goes, what others made stays', async () => {
    expect((await deploy(MANIFEST, 'sync')).code).to.equal(0);
    await host.rest('PUT', 'actions/mine', { exec: { kind: 'nodejs:20', code: HELLO } });
    expect(await deploy(WITHOUT_TELL, 'sync')).to.include({ code: 0 });
    expect(await names('actions')).to.deep.equal(['amy', 'both', 'hello', 'mine']);
  });

  it('undeploys a project by its name', async () => {
    expect((await wskdeploy.run('undeploy', '--projectname', 'samples')).code).to.equal(0);
    expect(await names('actions')).to.deep.equal(['mine']);
    for (const what of ['triggers', 'rules']) expect(await names(what), what).to.deep.equal([]);
    expect(await names('packages')).to.deep.equal(['t']);
  });

  it('leaves half of it when a sequence is refused, says so, and the next deploy is whole', async () => {
    const broken = await deploy(MANIFEST.replace('amy, tell', 'amy, missing'));
    expect(broken.code).to.equal(255);
    expect(broken.err).to.contain('Sequence component does not exist. (code <id>)');
    expect(await names('actions')).to.deep.equal(['amy', 'hello', 'mine', 'tell']);
    expect(await names('triggers')).to.deep.equal([]);
    expect(await deploy(MANIFEST)).to.deep.equal(SUCCESS);
    expect((await host.web('samples/both')).text).to.equal('Hello, Amy');
    await deploy(MANIFEST, 'undeploy');
  });

  it('leaves no trigger when its feed is refused', async () => {
    const refused = await deploy(MANIFEST.replace('minutes: 5', 'minutes: -5'));
    expect(refused.code).to.equal(255);
    expect(refused.err).to.contain('the minutes parameter must be an integer greater than zero');
    expect(await names('triggers')).not.to.contain('every');
  });

  it('gives a kind that is not Node the refusal of the tools, who ask the host for its kinds', async () => {
    await wskdeploy.write('hello.py', 'def main(args): return args\n');
    const python = (more: string): string =>
      `project:\n  packages:\n    python:\n      actions:\n        hello: { function: hello.py${more} }\n`;
    const unnamed = await deploy(python(''));
    expect(unnamed.code).to.equal(255);
    expect(unnamed.err).to.contain('Supported Runtimes [nodejs:20, nodejs:default]');
    const named = await deploy(python(', runtime: "python:3"'));
    expect(named.code).to.equal(255);
    expect(named.err).to.contain('Action [hello] has no kind set.');
  });
});
