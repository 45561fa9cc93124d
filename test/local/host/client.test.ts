import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { useHost } from './support/use-host.ts';

describe('client', () => {
  const host = useHost();
  const client = () => openwhisk({ apihost: host.url, api_key: host.auth });
  before(async () => {
    await host.action('echo', 'function main(params) { return params }');
    await host.action('fails', 'function main() { return { error: { statusCode: 409 } } }');
  });

  it('ow-client-01: an invoke gives the id, blocking the record, with result the result', async () => {
    const params = { x: 1 };
    expect(await client().actions.invoke({ name: 't/echo', params })).to.have.all.keys('activationId');
    const record = await client().actions.invoke({ name: 't/echo', params, blocking: true });
    expect(record).to.have.nested.property('response.result').that.deep.equals(params);
    expect(await client().actions.invoke({ name: 't/echo', params, blocking: true, result: true })).to.deep.equal(
      params,
    );
  });

  it('ow-client-02: a failing action rejects with 502 and the record', async () => {
    for (const result of [false, true]) {
      const call = client().actions.invoke({ name: 't/fails', blocking: true, result });
      const error: unknown = await call.then(() => undefined).catch((caught: unknown) => caught);
      expect(error).to.include({ name: 'OpenWhiskError', statusCode: 502 });
      const end = 'Returned HTTP 502 (Bad Gateway) --> "application error, status code: 409"';
      expect((error as Error).message.endsWith(end)).to.equal(true, (error as Error).message);
      expect(error).to.have.nested.property('error.response.status', 'application error');
    }
  });

  it('creates, reads, lists and deletes entities', async () => {
    const { actions, packages } = client();
    await packages.update({ name: 'made', package: {} });
    await actions.update({ name: 'made/one', action: 'function main() { return { one: 1 } }', kind: 'nodejs:20' });
    expect((await actions.list()).map(({ name }) => name)).to.include('one');
    expect(await actions.invoke({ name: 'made/one', blocking: true, result: true })).to.deep.equal({ one: 1 });
    await actions.delete({ name: 'made/one' });
    await packages.delete({ name: 'made' });
    expect((await packages.list()).map(({ name }) => name)).not.to.include('made');
  });
});
