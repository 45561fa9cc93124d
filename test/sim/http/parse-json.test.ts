import { expect } from 'chai';
import { jsonOrText, parseApiJson } from '../../../sim/http/call.ts';
import { useTenant } from '../support/use-tenant.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('sim: JSON', () => {
  it('is read up to a depth of 100', () => {
    expect(() => parseApiJson(nested(100))).not.to.throw();
    expect(() => parseApiJson(nested(101))).to.throw('nested deeper than 100');
    expect(() => parseApiJson(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`)).to.throw('nested deeper than 100');
  });

  it('may have any number of brackets side by side, and in texts', () => {
    const wide = `[${Array.from({ length: 500 }, () => '[{}]').join(',')}]`;
    expect(parseApiJson(wide)).to.have.length(500);
    const text = `\\"${'['.repeat(500)}\\\\`;
    expect(parseApiJson(`["${text}", {}]`)).to.deep.equal([`"${'['.repeat(500)}\\`, {}]);
  });

  it('stays text where it is deeper, or none', () => {
    expect(jsonOrText('{"a":1}')).to.deep.equal({ a: 1 });
    expect(jsonOrText('{"a":')).to.equal('{"a":');
    expect(jsonOrText(nested(101))).to.equal(nested(101));
  });
});

describe('sim: deep JSON', () => {
  const tenant = useTenant();
  const deep = nested(200_000);

  it('in a reload request is 400, and the journal tells it as text', async () => {
    expect((await tenant.call('POST', '/api/v1/reloads', deep)).status).to.equal(400);
    const { status, body } = await tenant.call('GET', '/_sim/journal');
    expect(status).to.equal(200);
    expect(body.data[0]).to.include({ status: 400, body: deep });
  });

  it('is sent to a webhook by hand, and the delivery shows it as text', async () => {
    const hook = { name: 'hook', url: 'http://127.0.0.1:1/none' };
    const { id: webhookId } = (await tenant.call('POST', '/api/core/webhooks', hook)).body;
    const text = nested(20_000);
    const { status, body } = await tenant.call('POST', '/_sim/deliver', { webhookId, body: text });
    expect([status, body.request.body]).to.deep.equal([200, text]);
  });

  it('in a fault is 400, and the faults stay', async () => {
    const fault = `[{"on":"POST /api/v1/reloads","kind":"status","body":${deep}}]`;
    expect((await tenant.call('PUT', '/_sim/faults', fault)).status).to.equal(400);
    expect((await tenant.call('GET', '/_sim/faults')).body).to.deep.equal({ data: [] });
  });
});
