import { expect } from 'chai';
import { asMap } from './support/body.ts';
import { entries, useHost } from './support/use-host.ts';

describe('package bindings', () => {
  const host = useHost();
  const bind = (name: string, namespace: string, target: string, parameters: object = {}) =>
    host.rest('PUT', `packages/${name}`, {
      binding: { namespace, name: target },
      parameters: entries({ ...parameters }),
    });

  before(async () => {
    await host.rest('PUT', 'packages/base', { parameters: entries({ a: 'package', b: 'package', c: 'package' }) });
    const exec = { kind: 'nodejs:20', code: 'function main(params) { return params }' };
    await host.rest('PUT', 'actions/base/echo', {
      exec,
      parameters: entries({ c: 'action' }),
      annotations: entries({ 'web-export': true }),
    });
    const { status, json } = await bind('bound', '_', 'base', { b: 'binding', c: 'binding' });
    expect([status, json.binding]).to.deep.equal([200, { namespace: host.ns, name: 'base' }]);
  });

  it('runs the package’s action; package, binding, action and payload parameters win in that order', async () => {
    const { json } = await host.rest('POST', 'actions/bound/echo?blocking=true', { d: 'payload' });
    expect(json.response.result).to.deep.equal({ a: 'package', b: 'binding', c: 'action', d: 'payload' });
    expect(asMap(json.annotations)).to.include({ path: `${host.ns}/base/echo`, binding: `${host.ns}/bound` });
  });

  it('shows the package’s actions, and its parameters under its own', async () => {
    const { json } = await host.rest('GET', 'packages/bound');
    expect(json.actions.map(({ name }) => name)).to.deep.equal(['echo']);
    expect(asMap(json.parameters)).to.deep.equal({ a: 'package', b: 'binding', c: 'binding' });
    const action = await host.rest('GET', 'actions/bound/echo');
    expect(asMap(action.json.parameters)).to.deep.equal({ a: 'package', b: 'binding', c: 'action' });
  });

  it('is told in the list of packages', async () => {
    const found = (await host.list('packages')).map(({ name, binding }) => [name, binding] as const);
    expect(Object.fromEntries(found)).to.deep.include({
      bound: { namespace: host.ns, name: 'base' },
      base: false,
    });
  });

  it('serves web calls, sequences and rules too', async () => {
    expect((await host.web('bound/echo.json')).status).to.equal(200);
    await host.rest('PUT', 'actions/t/s', { exec: { kind: 'sequence', components: ['/_/bound/echo'] } });
    expect((await host.invoke('s')).json.response.result).to.include({ b: 'binding' });
    await host.rest('PUT', 'triggers/tr', {});
    expect((await host.rest('PUT', 'rules/r', { trigger: '/_/tr', action: '/_/bound/echo' })).status).to.equal(200);
    const fired = await host.rest('POST', 'triggers/tr', {});
    expect(JSON.parse((await host.record(fired.json.activationId)).logs[0] ?? '')).to.include({ success: true });
  });

  it('takes the host’s own package', async () => {
    expect((await bind('clock', 'whisk.system', 'alarms')).status).to.equal(200);
    const { json } = await host.rest('POST', 'actions/clock/interval?blocking=true', {});
    expect(json.response.result).to.deep.equal({ error: { error: 'no authKey parameter was provided' } });
  });

  for (const [what, make, error] of [
    ['a missing package', () => bind('x', '_', 'nope'), 'Binding references a package that does not exist.'],
    ['a binding', () => bind('x', '_', 'bound'), 'Cannot bind to another package binding.'],
    [
      'anything, by a package that is there',
      () => host.rest('PUT', 'packages/base?overwrite=true', { binding: { namespace: '_', name: 't' } }),
      'Resource is a package and cannot be converted into a binding.',
    ],
    [
      'an action of its own',
      () => host.rest('PUT', 'actions/bound/own', { exec: { kind: 'nodejs:20', code: '1' } }),
      'Operation not permitted on package binding.',
    ],
  ] as const) {
    it(`does not take ${what}`, async () => {
      const { status, json } = await make();
      expect([status, json.error]).to.deep.equal([400, error]);
    });
  }

  it('is of no use when its package is gone', async () => {
    await host.rest('PUT', 'packages/soon', {});
    await bind('late', '_', 'soon');
    await host.rest('DELETE', 'packages/soon');
    expect((await host.rest('POST', 'actions/late/echo', {})).status).to.equal(404);
  });

  it('may be shared, and stay so until it is said otherwise', async () => {
    await host.rest('PUT', 'packages/shared', { publish: true });
    expect((await host.rest('PUT', 'packages/shared?overwrite=true', {})).json.publish).to.equal(true);
    expect((await host.rest('PUT', 'packages/shared?overwrite=true', { publish: false })).json.publish).to.equal(false);
  });
});
