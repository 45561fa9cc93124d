import { expect } from 'chai';
import { signBody } from '../../../sim/webhooks/sender.ts';

describe('sim: the signature of a delivery', () => {
  it('q-signature-03: is the one of the test vector', () => {
    const body =
      '{"id":"b347fd0d-1321-417f-91ee-90e96c76389c","type":"com.qlik.v1.reload.finished","source":"com.qlik/reloads","specversion":"1.0","tenantid":"t1","data":{"id":"6a849f7f18ec290e6ceb025d","appId":"002ff8c5-3c11-4464-a22b-68fb5e7ee5e8","userId":"u1","succeeded":true,"status":"SUCCEEDED"}}';
    expect(body).to.have.length(286);
    expect(signBody(Buffer.from(body), '0123456789abcdef0123456789abcdef')).to.equal(
      '138e487f7319b8fada1c4a00d0d82bb27fc5e57283ce209ef557b04a51c164d6',
    );
  });
});
