import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('invoke', () => {
  const host = useHost();
  const { rest } = host;
  before(() => host.action('echo', 'function main(params) { return params }'));

  it('takes no body at all as no parameters', async () => {
    const { status, json } = await rest('POST', 'actions/t/echo?blocking=true&result=true');
    expect([status, json]).to.deep.equal([200, {}]);
  });

  it('answers 404 for an unknown action and 400 for a blocking that is neither true nor false', async () => {
    expect((await host.invoke('nope')).status).to.equal(404);
    expect((await rest('POST', 'actions/t/echo?blocking=maybe', {})).status).to.equal(400);
  });
});
