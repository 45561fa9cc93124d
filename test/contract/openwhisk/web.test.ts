import { expect } from 'chai';
import type { Sent } from '../../local/host/support/send.ts';
import { entries, RAW_WEB } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ECHO = 'function main(params) { return { body: params } }';
const NOT_THERE = 'The requested resource does not exist.';
const RESERVED = 'Request defines parameters that are not allowed (e.g., reserved properties).';
const OWN_KEYS = ['__ow_method', '__ow_headers', '__ow_path', '__ow_query', '__ow_body'];

describe('contract of OpenWhisk: web', () => {
  const host = useHost('web');
  const read = ({ status, text }: { status: number; text: string }) => ({ status, json: JSON.parse(text) });
  const call = async (action: string, sent: Sent = {}) => read(await host.web(action, sent));
  const post = (action: string, body: string) => call(action, { method: 'POST', headers: JSON_TYPE, body });
  const told = ({ status, json }: { status: number; json: { error: string } }) => [status, json.error];
  before(async () => {
    await host.rest('PUT', `packages/${host.pkg}?overwrite=true`, { parameters: entries({ pp: 'package' }) });
    await host.action('raw', ECHO, RAW_WEB, { parameters: entries({ own: 'action' }) });
    await host.action('plain', ECHO, { 'web-export': true }, { parameters: entries({ ap: 'bound' }) });
  });

  it('ow-web-01: runs without credentials; an action without package is in default', async () => {
    const content = { exec: { kind: host.kind, code: ECHO }, annotations: entries({ 'web-export': true }) };
    await host.rest('PUT', `actions/${host.name('alone')}`, content);
    expect((await host.webAt(`${host.ns}/default/${host.name('alone')}`)).status).to.equal(200);
    expect((await host.web('plain')).status).to.equal(200);
  });

  it('ow-web-02: answers 404 for an unknown action, package or namespace, and for _', async () => {
    const { ns, pkg } = host;
    for (const path of [`${ns}/${pkg}/nope`, `${ns}/${pkg}-nope/plain`, `${pkg}/${pkg}/plain`, `_/${pkg}/plain`])
      expect(told(read(await host.webAt(path))), path).to.deep.equal([404, NOT_THERE]);
  });

  it('ow-web-03: answers 404 unless web-export is true', async () => {
    await host.action('inner', ECHO);
    await host.action('text', ECHO, { 'web-export': 'true' });
    for (const name of ['inner', 'text']) expect(told(await call(name)), name).to.deep.equal([404, NOT_THERE]);
  });

  it('ow-web-04: a raw action gets the five keys and what is bound, whatever query and body hold', async () => {
    const { json } = await post('raw?own=3&__ow_user=me', '{"x":1,"own":2,"__ow_user":"me"}');
    expect(json).to.have.all.keys(...OWN_KEYS, 'own', 'pp');
    expect(json).to.include({ own: 'action', pp: 'package' });
  });

  it('ow-web-05: every method runs the action, and a body comes with GET and DELETE too', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const { json } = await call('raw', { method, headers: { 'content-type': 'text/plain' }, body: 'hello' });
      expect(json).to.include({ __ow_method: method.toLowerCase(), __ow_body: 'hello' });
    }
  });

  it('ow-web-06: the path is the rest of the URL, percent-encoding kept', async () => {
    expect((await call('raw/p%20q/%2Fz')).json).to.include({ __ow_path: '/p%20q/%2Fz' });
    expect((await call('raw')).json).to.include({ __ow_path: '' });
  });

  it('ow-web-07: the query is printed anew', async () => {
    const { json } = await call('raw?a=b%2Fc&d=%C3%A9&e=%201&flag');
    expect(json).to.include({ __ow_query: 'a=b/c&d=%C3%A9&e=+1&flag' });
    expect((await call('raw')).json).to.include({ __ow_query: '' });
  });

  it('ow-web-08: without raw-http query and body are parameters, and the body wins', async () => {
    const { json } = await post('plain?q=query&both=query', '{"both":"body","b":[1]}');
    expect(json).to.deep.include({ q: 'query', both: 'body', b: [1] });
    expect(json).not.to.have.any.keys('__ow_body', '__ow_query');
  });

  it('ow-web-09: without raw-http a reserved key is refused', async () => {
    expect(told(await post('plain', '{"__ow_user":"me"}'))).to.deep.equal([400, RESERVED]);
    expect(told(await call('plain?__ow_path=x'))).to.deep.equal([400, RESERVED]);
  });

  it('ow-web-10: a bound parameter may be given, unless the action is final', async () => {
    await host.action('final', ECHO, { 'web-export': true, final: true }, { parameters: entries({ ap: 'bound' }) });
    expect((await post('plain', '{"ap":"mine"}')).json).to.include({ ap: 'mine' });
    for (const body of ['{"ap":"mine"}', '{"pp":"mine"}'])
      expect(told(await post('final', body)), body).to.deep.equal([400, RESERVED]);
  });

  it('ow-web-11: a body that is not the JSON it says is refused, but not by a raw action', async () => {
    const { status, json } = await post('plain', '{bad');
    expect(status).to.equal(400);
    expect(json.error).to.match(/^The request content was malformed:\n/);
    expect((await post('raw', '{bad')).status).to.equal(200);
  });
});

describe('contract of OpenWhisk: web, at the ceiling', () => {
  const host = useHost('web-ceiling', 'default');

  it('ow-web-12: a web call above the ceiling answers 202, and the action ends well', async function () {
    await host.nextMinute();
    const ms = host.waitCeilingMs + 1_000;
    const code = `function main() { return new Promise((r) => setTimeout(() => r({ body: 1 }), ${ms})) }`;
    await host.action('long', code, RAW_WEB, { limits: { timeout: ms + 30_000 } });
    const { status, headers, text } = await host.web('long');
    expect(status).to.equal(202);
    expect(JSON.parse(text)).to.deep.equal({ code: headers['x-request-id'], error: 'Response not yet ready.' });
    const record = await host.record(this, String(headers['x-openwhisk-activation-id']), 'web');
    expect(record.response).to.deep.include({ status: 'success', result: { body: 1 } });
  });
});
