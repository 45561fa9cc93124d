import { expect } from 'chai';
import { entries, useHost } from './support/use-host.ts';

const ENV = 'function main(params) { return { params, env: { ...process.env } } }';

describe('env', () => {
  process.env['SECRET_OF_THE_PARENT'] = 'must not be seen by actions';
  const host = useHost();
  const run = async (name: string, payload: object = {}) => {
    const { json } = await host.invoke(name, payload);
    const { env, params } = json.response.result as { env: Record<string, string>; params: object };
    return { env, params, json };
  };

  it('ow-env-01: a run knows what it is', async () => {
    await host.action('facts', ENV);
    const { env, json } = await run('facts');
    expect(env).to.include({
      __OW_ACTION_NAME: `/${host.ns}/t/facts`,
      __OW_ACTION_VERSION: '0.0.1',
      __OW_ACTIVATION_ID: json.activationId,
      __OW_API_HOST: host.url,
      __OW_NAMESPACE: host.ns,
    });
    expect(env['__OW_TRANSACTION_ID']).to.match(/^\S+$/);
  });

  it("has nothing of the host's own environment but PATH", async () => {
    await host.action('clean', ENV);
    const { env } = await run('clean');
    expect(Object.keys(env).filter((name) => !name.startsWith('__OW_'))).to.deep.equal(['PATH']);
  });

  it("ow-env-02: the deadline is the start plus the action's own timeout, in text", async () => {
    await host.action('deadline', ENV, {}, { limits: { timeout: 5000 } });
    const { env, json } = await run('deadline');
    expect(env['__OW_DEADLINE']).to.be.a('string');
    expect(Number(env['__OW_DEADLINE'])).to.be.within(json.start + 5000, json.end + 5000);
  });

  it('ow-env-03: without the annotation, or with false, there is no key', async () => {
    await host.action('none', ENV);
    await host.action('denied', ENV, { 'provide-api-key': false });
    for (const name of ['none', 'denied']) expect((await run(name)).env).not.to.have.property('__OW_API_KEY');
  });

  it('ow-env-04: with true, as a boolean or a text, there is', async () => {
    await host.action('given', ENV, { 'provide-api-key': true });
    await host.action('text', ENV, { 'provide-api-key': 'true' });
    for (const name of ['given', 'text']) expect((await run(name)).env).to.include({ __OW_API_KEY: host.auth });
  });

  it('ow-env-05: when the annotation is taken away, there is', async () => {
    await host.action('removed', ENV);
    await host.rest('PUT', 'actions/t/removed?overwrite=true', { delAnnotations: ['provide-api-key'] });
    expect((await run('removed')).env).to.include({ __OW_API_KEY: host.auth });
  });

  it('ow-env-06: init parameters are in the environment and not in the parameters', async () => {
    const parameters = [
      { key: 'S', value: 'text', init: true },
      { key: 'N', value: 7, init: true },
      { key: 'O', value: { a: 1 }, init: true },
      ...entries({ usual: 1 }),
    ];
    await host.action('init', ENV, {}, { parameters });
    for (const start of ['cold', 'warm']) {
      const { env, params } = await run('init');
      expect(env, start).to.include({ S: 'text', N: '7', O: '{"a":1}' });
      expect(params, start).to.deep.equal({ usual: 1 });
    }
  });

  it('ow-env-07: a payload replaces an init parameter of a cold action, and stays for later callers', async () => {
    await host.action('poison', ENV, {}, { parameters: [{ key: 'SECRET', value: 'bound', init: true }] });
    expect((await run('poison', { SECRET: 'theirs' })).env).to.include({ SECRET: 'theirs' });
    // The next call reuses the container once the first one's logs are in.
    await host.record((await host.invoke('poison')).json.activationId);
    expect((await run('poison')).env).to.include({ SECRET: 'theirs' });
  });
});
