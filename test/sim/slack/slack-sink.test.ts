import { expect } from 'chai';
import { type SlackSink, startSlackSink } from '../../../sim/slack/start-slack-sink.ts';

describe('sim: the Slack sink', () => {
  let sink: SlackSink;
  beforeEach(async () => {
    sink = await startSlackSink();
  });
  afterEach(() => sink.close());

  const send = async (method: string, url: string, body?: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, { method, ...(body === undefined ? {} : { body: text }) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const post = (body: unknown) => send('POST', sink.url, body);
  const faults = (...list: unknown[]) => send('PUT', `${sink.origin}/_sim/faults`, list);
  const messages = async () => JSON.parse((await send('GET', `${sink.origin}/_sim/messages`)).text).data;

  it('records what is posted, and answers ok', async () => {
    const { status, text } = await post({ text: 'Reload failed', blocks: [{ type: 'divider' }] });
    expect([status, text]).to.deep.equal([200, 'ok']);
    const body = { text: 'Reload failed', blocks: [{ type: 'divider' }] };
    expect(await messages()).to.deep.equal([{ path: 'T000/B000/simulated', body }]);
    await send('DELETE', `${sink.origin}/_sim/messages`);
    expect(await messages()).to.deep.equal([]);
  });

  it("refuses in Slack's words what is no message, and keeps nothing of it", async () => {
    expect(await post('{"text":')).to.include({ status: 400, text: 'invalid_payload' });
    const deep = `{"text":"x","blocks":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(await post(deep)).to.include({ status: 400, text: 'invalid_payload' });
    expect(await post([])).to.include({ status: 400, text: 'invalid_payload' });
    expect(await post({ text: '' })).to.include({ status: 400, text: 'no_text' });
    expect(await send('GET', sink.url)).to.include({ status: 405 });
    expect(await send('POST', `${sink.origin}/elsewhere`, { text: 'x' })).to.include({ status: 404 });
    expect(await messages()).to.deep.equal([]);
  });

  it('fails on demand, as often as told, and then takes the message', async () => {
    const busy = { kind: 'status', status: 429, body: 'rate_limited', headers: { 'retry-after': '3' } };
    await faults(busy, { kind: 'status', times: 2 });
    const first = await post({ text: 'x' });
    expect([first.status, first.text, first.headers.get('retry-after')]).to.deep.equal([429, 'rate_limited', '3']);
    expect((await post({ text: 'x' })).status).to.equal(500);
    const left = JSON.parse((await send('GET', `${sink.origin}/_sim/faults`)).text).data;
    expect(left).to.have.length(1);
    expect(left[0]).to.include({ kind: 'status', status: 500, times: 1 });
    expect((await post({ text: 'x' })).status).to.equal(500);
    expect((await post({ text: 'x' })).status).to.equal(200);
    expect(await messages()).to.have.length(1);
  });

  it('cuts the connection, or never answers', async () => {
    await faults({ kind: 'drop' }, { kind: 'hang' });
    expect(await post({ text: 'x' }).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    const signal = AbortSignal.timeout(100);
    const hung = await fetch(sink.url, { method: 'POST', body: '{"text":"x"}', signal }).catch((error: Error) => error);
    expect(hung).to.be.instanceOf(Error).with.property('name', 'TimeoutError');
    expect(await messages()).to.deep.equal([]);
  });

  it('keeps the message and cuts the connection, so that only the answer is lost', async () => {
    await faults({ kind: 'lost' });
    expect(await post({ text: 'x' }).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(await messages()).to.have.length(1);
  });

  it('keeps the message at once and answers later', async () => {
    await faults({ kind: 'slow', ms: 3_600_000 });
    const abort = new AbortController();
    const slow = fetch(sink.url, { method: 'POST', body: '{"text":"x"}', signal: abort.signal });
    const failed = slow.catch((error: Error) => error.name);
    while ((await messages()).length === 0);
    abort.abort();
    expect(await failed).to.equal('AbortError');
    await faults({ kind: 'slow', ms: 1 });
    expect((await post({ text: 'y' })).text).to.equal('ok');
  });

  it('keeps a fault for the message that it is meant for', async () => {
    await faults({ kind: 'status', status: 404, body: 'no_service', match: 'Sales' });
    expect((await post({ text: 'Stock failed' })).status).to.equal(200);
    expect(await post({ text: 'Sales failed' })).to.include({ status: 404, text: 'no_service' });
    expect((await post({ text: 'Sales failed' })).status).to.equal(200);
  });

  it("refuses blocks beyond Slack's limits, and keeps nothing of it", async () => {
    const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }];
    expect(await post({ text: 'x', blocks })).to.include({ status: 400, text: 'invalid_blocks' });
    expect(await messages()).to.deep.equal([]);
  });

  for (const fault of [
    { kind: 'drop', when: 'later' },
    { kind: 'slow', ms: 3_600_001 },
    'drop',
    { kind: 'explode' },
    { kind: 'drop', times: 0 },
    { kind: 'status', status: 42 },
  ]) {
    it(`refuses the fault ${JSON.stringify(fault)} and keeps the former ones`, async () => {
      await faults({ kind: 'drop' });
      expect((await faults(fault)).status).to.equal(400);
      expect(JSON.parse((await send('GET', `${sink.origin}/_sim/faults`)).text).data).to.have.length(1);
    });
  }
});
