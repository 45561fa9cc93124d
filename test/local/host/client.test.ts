import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { useHost } from './support/use-host.ts';

describe('client', () => {
  const host = useHost();
  const client = () => openwhisk({ apihost: host.url, api_key: host.auth });

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
