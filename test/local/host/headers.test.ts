import { expect } from 'chai';
import { RAW_WEB, useHost } from './support/use-host.ts';

describe('headers', () => {
  const host = useHost();

  it('has the host, and not the content length', async () => {
    await host.action('raw', 'function main(params) { return { body: params.__ow_headers } }', RAW_WEB);
    const headers = JSON.parse((await host.web('t/raw', { method: 'POST', body: '{}' })).text);
    expect(headers.host).to.equal(host.url.replace('http://', ''));
    expect(headers).not.to.have.property('content-length');
  });
});
