import { expect } from 'chai';
import { send } from './support/send.ts';
import { basic, useHost } from './support/use-host.ts';

const UNAUTHORIZED = 'Authentication is possible but has failed or not yet been provided.';
const ECHO = 'function main(params) { return { body: params } }';

describe('auth', () => {
  const host = useHost();
  const protectedBy = (value: unknown) =>
    host.action('door', ECHO, { 'web-export': true, 'require-whisk-auth': value });
  const knock = async (headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await host.web('t/door', { method, headers });
    return { ...answer, json: answer.text === '' ? {} : JSON.parse(answer.text) };
  };
  const key = () => ({ authorization: basic(host.auth) });
  const wrongKey = { authorization: basic('nobody:nothing') };

  it("refuses a namespace that is not the key's", async () => {
    const { status, json } = await host.rest('GET', '../elsewhere/packages/alarms');
    const error = "The supplied authentication is not authorized to access 'elsewhere'.";
    expect([status, json.error]).to.deep.equal([403, error]);
  });

  it('tells a namespace its limits, and a key its namespaces', async () => {
    const { json } = await host.rest('GET', 'limits');
    expect(json).to.include({
      invocationsPerMinute: 1_000_000,
      concurrentInvocations: 1_000,
      firesPerMinute: 1_000_000,
    });
    const { text } = await host.rest('GET', '../../namespaces');
    expect(JSON.parse(text)).to.deep.equal([host.ns]);
  });

  it('takes a number as a secret', async () => {
    await protectedBy(1234);
    expect((await knock()).status).to.equal(401);
    expect((await knock({ 'x-require-whisk-auth': '1234' })).status).to.equal(200);
  });
});
