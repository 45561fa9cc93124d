import { expect } from 'chai';
import { entries } from '../../support/openwhisk-entities.ts';
import { until } from '../../support/until.ts';
import { useHost } from './support/use-host.ts';

const ENV = 'function main(params) { return { params, at: Date.now(), env: { ...process.env } } }';
const DAY_MS = 86_400_000;

describe('contract of OpenWhisk: env', () => {
  const host = useHost('env');
  const run = async (name: string, payload: object = {}) => {
    const { json, headers } = await host.invoke(name, payload);
    const result = json.response.result as { env: Record<string, string>; params: object; at: number };
    return { ...result, activationId: json.activationId, transactionId: headers['x-request-id'] };
  };

  it('ow-env-01: a run knows what it is', async () => {
    await host.action('facts', ENV);
    const { env, activationId, transactionId } = await run('facts');
    expect(transactionId).to.be.a('string').and.not.equal('');
    expect(env).to.include({
      __OW_ACTION_NAME: `/${host.ns}/${host.pkg}/facts`,
      __OW_ACTION_VERSION: '0.0.1',
      __OW_ACTIVATION_ID: activationId,
      __OW_NAMESPACE: host.ns,
      __OW_TRANSACTION_ID: transactionId,
    });
    expect(env['__OW_API_HOST']).to.match(/^https?:\/\/[^/]+$/);
    expect(env['__OW_DEADLINE']).to.be.a('string').and.match(/^\d+$/);
  });

  it("ow-env-02: the deadline is the start plus the action's own timeout, in text", async () => {
    await host.action('usual', ENV);
    await host.action('short', ENV, {}, { limits: { timeout: 20_000 } });
    for (const [name, timeoutMs] of [
      ['usual', 60_000],
      ['short', 20_000],
    ] as const) {
      const { env, at } = await run(name);
      expect(env['__OW_DEADLINE'], name).to.be.a('string');
      // By the action's own clock; a start takes its time.
      expect(Number(env['__OW_DEADLINE']) - at, name).to.be.within(timeoutMs - 15_000, timeoutMs + 1_000);
      expect(at).to.be.within(Date.now() - DAY_MS, Date.now() + DAY_MS);
    }
  });

  it('ow-env-03: without the annotation, or with false, there is no key', async () => {
    await host.action('none', ENV);
    await host.action('denied', ENV, { 'provide-api-key': false });
    for (const name of ['none', 'denied']) expect((await run(name)).env, name).not.to.have.property('__OW_API_KEY');
  });

  it('ow-env-04: with true, as a boolean or a text, there is', async () => {
    await host.action('given', ENV, { 'provide-api-key': true });
    await host.action('text', ENV, { 'provide-api-key': 'true' });
    for (const name of ['given', 'text']) expect((await run(name)).env, name).to.include({ __OW_API_KEY: host.auth });
  });

  it('ow-env-05: when the annotation is taken away, there is', async () => {
    await host.action('removed', ENV);
    await host.rest('PUT', `actions/${host.pkg}/removed?overwrite=true`, { delAnnotations: ['provide-api-key'] });
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
    const { env, params } = await run('init');
    expect(env).to.include({ S: 'text', N: '7', O: '{"a":1}' });
    expect(params).to.deep.equal({ usual: 1 });
  });

  it('ow-env-07: a payload replaces an init parameter of a cold action, and stays for later callers', async () => {
    const parameters = [{ key: 'SECRET', value: 'bound', init: true }];
    let tries = 0;
    const poison = async () => {
      const name = `poison${++tries}`;
      await host.action(name, ENV, {}, { parameters });
      expect((await run(name, { SECRET: 'theirs' })).env).to.include({ SECRET: 'theirs' });
      // A host may give the next call another container: then once more with a fresh action.
      return (await run(name)).env['SECRET'] === 'theirs';
    };
    await until('the same container for two calls', poison);
    await host.action('give', 'function main() { return { SECRET: "theirs" } }');
    await host.action('step', ENV, {}, { parameters });
    await host.sequence('steps', ['give', 'step']);
    expect((await run('steps')).env).to.include({ SECRET: 'theirs' });
  });
});
