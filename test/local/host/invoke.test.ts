import { expect } from 'chai';
import { entries, useHost } from './support/use-host.ts';

const SLEEP = 'function main({ ms }) { return new Promise((resolve) => setTimeout(() => resolve({ slept: ms }), ms)) }';
const ECHO = 'function main(params) { console.log("a line"); return params }';

describe('invoke', () => {
  const host = useHost({}, { waitCeilingMs: 1_500 });
  const { rest } = host;
  before(async () => {
    await host.action('echo', ECHO);
    await host.action('sleep', SLEEP);
  });

  it('ow-invoke-01: without blocking, 202 with the id in body and header, also with result=true', async () => {
    for (const query of ['', '?result=true']) {
      const { status, json, headers } = await rest('POST', `actions/t/echo${query}`, {});
      expect(status).to.equal(202);
      expect(json).to.have.all.keys('activationId');
      expect(json.activationId).to.match(/^[0-9a-f]{32}$/);
      expect(headers['x-openwhisk-activation-id']).to.equal(json.activationId);
    }
  });

  it('ow-invoke-02: blocking answers the record', async () => {
    const { status, json } = await host.invoke('echo', { x: 1 });
    expect(status).to.equal(200);
    expect(json).to.have.all.keys(
      ...['activationId', 'annotations', 'duration', 'end', 'logs', 'name', 'namespace', 'publish', 'response'],
      ...['start', 'subject', 'version'],
    );
    expect(json.response).to.have.all.keys('result', 'size', 'status', 'success');
    expect(json.response).to.deep.include({ result: { x: 1 }, status: 'success', success: true });
  });

  it('ow-invoke-03: the answered record has no logs, the stored one has', async () => {
    const { json } = await host.invoke('echo');
    expect(json.logs).to.deep.equal([]);
    const { logs } = await host.record(json.activationId);
    expect(logs).to.have.lengthOf(1);
    expect(logs[0]).to.contain('a line');
  });

  it('ow-invoke-04: result=true answers the result alone', async () => {
    const { status, json } = await rest('POST', 'actions/t/echo?blocking=true&result=true', { x: 1 });
    expect([status, json]).to.deep.equal([200, { x: 1 }]);
  });

  it('ow-invoke-05: an array or a string is no payload', async () => {
    for (const body of ['[1]', '"s"']) {
      const { status, json } = await rest('POST', 'actions/t/echo?blocking=true', body);
      expect([status, json.error]).to.deep.equal([400, 'The request content was malformed:\nJSON object expected']);
    }
  });

  it('ow-invoke-06: only JSON is taken', async () => {
    const plain = await rest('POST', 'actions/t/echo?blocking=true', '{}', { 'content-type': 'text/plain' });
    const text = "The request's Content-Type [text/plain] is not supported. Expected:\napplication/json";
    expect([plain.status, plain.json.error]).to.deep.equal([415, text]);
    const none = await rest('POST', 'actions/t/echo?blocking=true', '{}', { 'content-type': '' });
    expect(none.status).to.equal(415);
    expect(none.json.error).to.contain('[application/octet-stream]');
  });

  it('takes no body at all as no parameters', async () => {
    const { status, json } = await rest('POST', 'actions/t/echo?blocking=true&result=true');
    expect([status, json]).to.deep.equal([200, {}]);
  });

  it('ow-invoke-07: a timeout is 1 to 60000 milliseconds', async () => {
    for (const timeout of [0, 60001]) {
      const { status, json } = await rest('POST', `actions/t/echo?blocking=true&timeout=${timeout}`, {});
      const text = "The query parameter 'timeout' was malformed:\nTimeout must be number of milliseconds up to 60000.";
      expect([status, json.error]).to.deep.equal([400, text]);
    }
    expect((await rest('POST', 'actions/t/echo?blocking=true&timeout=60000', {})).status).to.equal(200);
  });

  it('ow-invoke-08: a call with a timeout that is too short answers 202, and the action ends well', async () => {
    const { status, json } = await rest('POST', 'actions/t/sleep?blocking=true&timeout=100', { ms: 600 });
    expect(status).to.equal(202);
    expect(json).to.have.all.keys('activationId');
    expect((await host.record(json.activationId)).response.result).to.deep.equal({ slept: 600 });
  });

  it('ow-invoke-09: at the ceiling (here 1.5 s) a blocking call answers 202, and the action ends well', async () => {
    const { status, json } = await host.invoke('sleep', { ms: 2_000 });
    expect(status).to.equal(202);
    expect(json).to.have.all.keys('activationId');
    expect((await host.record(json.activationId)).response.result).to.deep.equal({ slept: 2_000 });
  });

  it('ow-invoke-10: payload beats action beats package', async () => {
    await rest('PUT', 'packages/i10', { parameters: entries({ a: 'package', b: 'package', c: 'package' }) });
    const parameters = entries({ b: 'action', c: 'action' });
    await rest('PUT', 'actions/i10/a', { exec: { kind: 'nodejs:20', code: ECHO }, parameters });
    const { json } = await rest('POST', 'actions/i10/a?blocking=true&result=true', { c: 'payload' });
    expect(json).to.deep.equal({ a: 'package', b: 'action', c: 'payload' });
  });

  it('ow-invoke-11: a final action refuses a payload that names a bound parameter', async () => {
    await host.action('final', ECHO, { final: true }, { parameters: entries({ k: 1 }) });
    const { status, json } = await host.invoke('final', { k: 2 });
    const text = 'Request defines parameters that are not allowed (e.g., reserved properties).';
    expect([status, json.error]).to.deep.equal([400, text]);
    expect((await host.invoke('final', { other: 2 })).status).to.equal(200);
  });

  it('ow-invoke-12: an array result is answered bare', async () => {
    await host.action('array', 'function main() { return [1, 2] }');
    const { status, json } = await host.invoke('array');
    expect([status, json]).to.deep.equal([200, [1, 2]]);
  });

  it('answers 404 for an unknown action and 400 for a blocking that is neither true nor false', async () => {
    expect((await host.invoke('nope')).status).to.equal(404);
    expect((await rest('POST', 'actions/t/echo?blocking=maybe', {})).status).to.equal(400);
  });
});
