import { expect } from 'chai';
import { entries, RAW_WEB, useHost } from './support/use-host.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ECHO = 'function main(params) { return { body: params } }';
const NOT_THERE = 'The requested resource does not exist.';
const RESERVED = 'Request defines parameters that are not allowed (e.g., reserved properties).';

describe('web', () => {
  const host = useHost({}, { waitCeilingMs: 800 });
  const call = async (path: string, sent: Parameters<typeof host.web>[1] = {}) => {
    const answer = await host.web(path, sent);
    return { status: answer.status, headers: answer.headers, json: JSON.parse(answer.text) };
  };
  before(async () => {
    await host.action('raw', ECHO, RAW_WEB, { parameters: entries({ own: 'action' }) });
    await host.action('plain', ECHO, { 'web-export': true }, { parameters: entries({ ap: 'bound' }) });
    await host.action('final', ECHO, { 'web-export': true, final: true }, { parameters: entries({ ap: 'bound' }) });
    await host.rest('PUT', 'packages/t?overwrite=true', { parameters: entries({ pp: 'package' }) });
  });

  it('ow-web-01: runs without credentials; an action without package is in default', async () => {
    const content = { exec: { kind: 'nodejs:20', code: ECHO }, annotations: entries({ 'web-export': true }) };
    await host.rest('PUT', 'actions/alone', content);
    expect((await call('default/alone')).status).to.equal(200);
    expect((await call('t/plain')).status).to.equal(200);
  });

  it('ow-web-02: answers 404 for an unknown action, package or namespace, and for _', async () => {
    for (const path of ['t/nope', 'nope/plain']) {
      const { status, json } = await call(path);
      expect([status, json.error]).to.deep.equal([404, NOT_THERE]);
    }
    for (const namespace of ['nobody', '_']) expect((await call(`../${namespace}/t/plain`)).status).to.equal(404);
  });

  it('ow-web-03: answers 404 unless web-export is true', async () => {
    await host.action('inner', ECHO);
    await host.action('text', ECHO, { 'web-export': 'true' });
    for (const path of ['t/inner', 't/text']) {
      const { status, json } = await call(path);
      expect([status, json.error]).to.deep.equal([404, NOT_THERE]);
    }
  });

  it('ow-web-04: a raw action gets the five keys and what is bound, whatever query and body hold', async () => {
    const sent = { method: 'POST', headers: JSON_TYPE, body: '{"x":1,"own":2,"__ow_user":"me"}' };
    const { json } = await call('t/raw?own=3&__ow_user=me', sent);
    expect(json).to.have.all.keys(
      ...['__ow_method', '__ow_headers', '__ow_path', '__ow_query', '__ow_body'],
      ...['own', 'pp'],
    );
    expect(json).to.include({ own: 'action', pp: 'package' });
  });

  it('ow-web-05: every method runs the action, and a body comes with GET and DELETE too', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const { json } = await call('t/raw', { method, headers: { 'content-type': 'text/plain' }, body: 'hello' });
      expect(json).to.include({ __ow_method: method.toLowerCase(), __ow_body: 'hello' });
    }
  });

  it('runs the action for HEAD and answers its headers only', async () => {
    const answer = await host.web('t/raw', { method: 'HEAD' });
    expect([answer.status, answer.text]).to.deep.equal([200, '']);
    expect(answer.headers).to.have.property('x-openwhisk-activation-id');
  });

  it('ow-web-06: the path is the rest of the URL, percent-encoding kept', async () => {
    expect((await call('t/raw/p%20q/%2Fz')).json).to.include({ __ow_path: '/p%20q/%2Fz' });
    expect((await call('t/raw')).json).to.include({ __ow_path: '' });
  });

  it('ow-web-07: the query is printed anew', async () => {
    const { json } = await call('t/raw?a=b%2Fc&d=%C3%A9&e=%201&flag');
    expect(json).to.include({ __ow_query: 'a=b/c&d=%C3%A9&e=+1&flag' });
    expect((await call('t/raw')).json).to.include({ __ow_query: '' });
  });

  it('ow-web-08: without raw-http query and body are parameters, and the body wins', async () => {
    const { json } = await call('t/plain?q=query&both=query', {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{"both":"body","b":[1]}',
    });
    expect(json).to.deep.include({ q: 'query', both: 'body', b: [1] });
    expect(json).not.to.have.any.keys('__ow_body', '__ow_query');
  });

  it('ow-web-09: without raw-http a reserved key is refused', async () => {
    const body = await call('t/plain', { method: 'POST', headers: JSON_TYPE, body: '{"__ow_user":"me"}' });
    const query = await call('t/plain?__ow_path=x');
    for (const { status, json } of [body, query]) expect([status, json.error]).to.deep.equal([400, RESERVED]);
  });

  it('ow-web-10: a bound parameter may be given, unless the action is final', async () => {
    const sent = { method: 'POST', headers: JSON_TYPE, body: '{"ap":"mine"}' };
    expect((await call('t/plain', sent)).json).to.include({ ap: 'mine' });
    const own = await call('t/final', sent);
    const ofPackage = await call('t/final', { ...sent, body: '{"pp":"mine"}' });
    for (const { status, json } of [own, ofPackage]) expect([status, json.error]).to.deep.equal([400, RESERVED]);
  });

  it('ow-web-11: a body that is not the JSON it says is refused, but not by a raw action', async () => {
    const sent = { method: 'POST', headers: JSON_TYPE, body: '{bad' };
    const { status, json } = await call('t/plain', sent);
    expect(status).to.equal(400);
    expect(json.error).to.match(/^The request content was malformed:\n/);
    expect((await call('t/raw', sent)).status).to.equal(200);
  });

  it('ow-web-12: at the ceiling (here 0.8 s) it answers 202, and the action ends well', async () => {
    await host.action(
      'slow',
      'function main() { return new Promise((r) => setTimeout(() => r({ body: 1 }), 1100)) }',
      RAW_WEB,
    );
    const { status, headers, json } = await call('t/slow');
    expect(status).to.equal(202);
    expect(json).to.deep.equal({ code: headers['x-request-id'], error: 'Response not yet ready.' });
    const record = await host.record(String(headers['x-openwhisk-activation-id']));
    expect(record.response.result).to.deep.equal({ body: 1 });
  });
});
