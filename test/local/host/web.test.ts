import { expect } from 'chai';
import { RAW_WEB, useHost } from './support/use-host.ts';

describe('web', () => {
  const host = useHost();

  it('runs the action for HEAD and answers its headers only', async () => {
    await host.action('raw', 'function main(params) { return { body: params } }', RAW_WEB);
    const answer = await host.web('t/raw', { method: 'HEAD' });
    expect([answer.status, answer.text]).to.deep.equal([200, '']);
    expect(answer.headers).to.have.property('x-openwhisk-activation-id');
  });
});
