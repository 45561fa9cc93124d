import { expect } from 'chai';
import { entries } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const SLEEP = 'function main({ ms }) { return new Promise((resolve) => setTimeout(() => resolve({ slept: ms }), ms)) }';
const ECHO = 'function main(params) { console.log("a line"); return params }';

describe('contract of OpenWhisk: invoke', () => {
  const host = useHost('invoke');
  const echo = (query: string, body?: unknown, headers?: Record<string, string | undefined>) =>
    host.rest('POST', `actions/${host.pkg}/echo?${query}`, body, headers);
  before(() => host.action('echo', ECHO));

  it('ow-invoke-01: without blocking, 202 with the id in body and header, also with result=true', async () => {
    for (const query of ['', 'result=true']) {
      const { status, json, headers } = await echo(query, {});
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

  it('ow-invoke-03: the answered record has no logs, the stored one has', async function () {
    await host.action('talks', ECHO);
    const { json } = await host.invoke('talks');
    expect(json.logs).to.deep.equal([]);
    const { logs } = await host.record(this, json.activationId);
    expect(logs.join('\n')).to.contain('a line');
  });

  it('ow-invoke-04: result=true answers the result alone', async () => {
    const { status, json } = await echo('blocking=true&result=true', { x: 1 });
    expect([status, json]).to.deep.equal([200, { x: 1 }]);
  });

  it('ow-invoke-05: an array or a string is no payload', async () => {
    for (const body of ['[1]', '"s"']) {
      const { status, json } = await echo('blocking=true', body);
      expect([status, json.error]).to.deep.equal([400, 'The request content was malformed:\nJSON object expected']);
    }
  });

  it('ow-invoke-06: only JSON is taken', async () => {
    for (const [sent, named] of [
      ['text/plain', 'text/plain'],
      [undefined, 'application/octet-stream'],
    ] as const) {
      const { status, json } = await echo('blocking=true', '{}', { 'content-type': sent });
      const text = `The request's Content-Type [${named}] is not supported. Expected:\napplication/json`;
      expect([status, json.error]).to.deep.equal([415, text]);
    }
  });

  it('ow-invoke-07: a timeout is 1 to 60000 milliseconds', async () => {
    for (const timeout of [0, 60001]) {
      const { status, json } = await echo(`blocking=true&timeout=${timeout}`, {});
      const text = "The query parameter 'timeout' was malformed:\nTimeout must be number of milliseconds up to 60000.";
      expect([status, json.error]).to.deep.equal([400, text]);
    }
    expect((await echo('blocking=true&timeout=60000', {})).status).to.equal(200);
  });

  it('ow-invoke-08: a call with a timeout that is too short answers 202, and the action ends well', async function () {
    await host.action('sleep', SLEEP);
    const call = `actions/${host.pkg}/sleep?blocking=true&timeout=1000`;
    const { status, json } = await host.rest('POST', call, { ms: 3_000 });
    expect(status).to.equal(202);
    expect(json).to.have.all.keys('activationId');
    const { response } = await host.record(this, json.activationId);
    expect(response).to.deep.include({ status: 'success', result: { slept: 3_000 } });
  });

  it('ow-invoke-10: payload beats action beats package', async () => {
    const own = host.name('i10');
    await host.rest('PUT', `packages/${own}`, { parameters: entries({ a: 'package', b: 'package', c: 'package' }) });
    const parameters = entries({ b: 'action', c: 'action' });
    await host.rest('PUT', `actions/${own}/a`, { exec: { kind: host.kind, code: ECHO }, parameters });
    const { json } = await host.rest('POST', `actions/${own}/a?blocking=true`, { c: 'payload' });
    expect(json.response.result).to.deep.equal({ a: 'package', b: 'action', c: 'payload' });
  });

  it('ow-invoke-11: a final action refuses a payload that names a bound parameter', async () => {
    await host.action('final', ECHO, { final: true }, { parameters: entries({ k: 1 }) });
    const { status, json } = await host.invoke('final', { k: 2 });
    const text = 'Request defines parameters that are not allowed (e.g., reserved properties).';
    expect([status, json.error]).to.deep.equal([400, text]);
  });

  it('ow-invoke-12: an array result is answered bare', async () => {
    await host.action('array', 'function main() { return [1, 2] }');
    const { status, json } = await host.invoke('array');
    expect([status, json]).to.deep.equal([200, [1, 2]]);
  });
});

describe('contract of OpenWhisk: invoke, at the ceiling', () => {
  const host = useHost('ceiling', 'default');

  it('ow-invoke-09: a blocking call above the ceiling answers 202, and the action ends well', async function () {
    await host.nextMinute();
    const ms = host.waitCeilingMs + 1_000;
    await host.action('long', SLEEP, {}, { limits: { timeout: ms + 30_000 } });
    const { status, json } = await host.invoke('long', { ms });
    expect(status).to.equal(202);
    expect(json).to.have.all.keys('activationId');
    const { response } = await host.record(this, json.activationId);
    expect(response).to.deep.include({ status: 'success', result: { slept: ms } });
  });
});
