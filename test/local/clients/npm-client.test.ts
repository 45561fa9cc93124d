import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { useHost } from '../host/support/use-host.ts';

/** Tests each method of the npm client that we use, and others that a user would use. */
describe('the npm client, as it comes', () => {
  const host = useHost();
  const make = () => openwhisk({ apihost: host.url, api_key: host.auth });
  const code = 'function main(params) { console.log("line"); return params }';
  const failure = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);

  it('makes, changes, lists and gets packages', async () => {
    const { packages } = make();
    expect(await packages.create({ name: 'p', package: { parameters: [{ key: 'a', value: 1 }] } })).to.include({
      name: 'p',
      version: '0.0.1',
    });
    expect(await packages.update({ name: 'p', package: {} })).to.include({ version: '0.0.2' });
    expect((await packages.list()).map(({ name }) => name)).to.have.members(['p', 't']);
    expect(await packages.get({ name: 'p' })).to.deep.nested.include({ 'parameters[0]': { key: 'a', value: 1 } });
  });

  it('makes, changes, lists, gets and invokes actions', async () => {
    const { actions } = make();
    expect(await actions.create({ name: 'p/a', action: code })).to.include({ name: 'a', namespace: 'guest/p' });
    const action = { exec: { kind: 'nodejs:20' as const, code }, parameters: [{ key: 'b', value: 2 }] };
    expect(await actions.update({ name: 'p/a', action } as never)).to.include({ version: '0.0.2' });
    expect((await actions.list()).map(({ name }) => name)).to.deep.equal(['a']);
    expect(await actions.get({ name: 'p/a' })).to.deep.nested.include({ 'exec.code': code });
    expect(await actions.invoke({ name: 'p/a', params: { c: 3 }, blocking: true, result: true })).to.deep.equal({
      a: 1,
      b: 2,
      c: 3,
    });
  });

  it('makes triggers and rules, fires, and follows what came of it', async () => {
    const { triggers, rules, activations } = make();
    await triggers.create({ name: 'tr' });
    await rules.create({ name: 'r', trigger: 'tr', action: '/_/p/a' });
    const fired = (await triggers.invoke({ name: 'tr', params: { d: 4 } })) as { activationId: string };
    const record = await host.record(fired.activationId);
    const { activationId } = JSON.parse(record.logs[0] ?? '');
    await host.record(activationId);
    expect(await activations.get({ name: activationId })).to.deep.nested.include({ 'response.result.d': 4 });
    expect((await activations.logs({ name: activationId })).logs?.[0]).to.match(/ line$/);
    expect(await activations.result({ name: activationId })).to.deep.nested.include({ success: true });
    expect((await activations.list({ limit: 1 })) as unknown).to.have.lengthOf(1);
    await rules.disable({ name: 'r' });
    expect(await rules.get({ name: 'r' })).to.include({ status: 'inactive' });
    // The client turns an empty answer into an empty buffer.
    expect(await triggers.invoke({ name: 'tr' })).to.have.lengthOf(0);
    await rules.enable({ name: 'r' });
  });

  it('makes and deletes an alarm by its feeds', async () => {
    const { feeds } = make();
    const feed = { name: '/whisk.system/alarms/interval', trigger: 'tr' };
    const made = await feeds.create({ ...feed, params: { minutes: 1 } });
    expect(made).to.deep.nested.include({ 'response.result': { status: 'success' } });
    expect(await feeds.delete(feed)).to.deep.nested.include({ 'response.success': true });
  });

  it('asks for what the client has no method for', async () => {
    const { client } = make().namespaces as unknown as { client: { request(...args: unknown[]): Promise<unknown> } };
    expect(await client.request('GET', '/api/v1/namespaces/_/limits')).to.include({ firesPerMinute: 1_000_000 });
  });

  it('deletes everything, and says of what is not there that it is not', async () => {
    const { rules, triggers, actions, packages, namespaces } = make();
    await rules.delete({ name: 'r' });
    await triggers.delete({ name: 'tr' });
    await actions.delete({ name: 'p/a' });
    await packages.delete({ name: 'p' });
    expect(await failure(actions.delete({ name: 'p/a' }))).to.include({ statusCode: 404 });
    expect(await namespaces.list()).to.deep.equal(['guest']);
  });
});
