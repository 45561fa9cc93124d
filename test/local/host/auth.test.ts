import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('auth', () => {
  const host = useHost();

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
    const code = 'function main() { return { body: 1 } }';
    await host.action('door', code, { 'web-export': true, 'require-whisk-auth': 1234 });
    expect((await host.web('t/door')).status).to.equal(401);
    expect((await host.web('t/door', { headers: { 'x-require-whisk-auth': '1234' } })).status).to.equal(200);
  });
});
