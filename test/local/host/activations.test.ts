import { expect } from 'chai';
import { asMap } from './support/body.ts';
import { useHost } from './support/use-host.ts';

describe('activations', () => {
  const host = useHost();
  before(async () => {
    await host.action('echo', 'function main(params) { return params }');
    await host.action('fails', 'function main() { return { error: 1 } }');
    await host.action('breaks', 'function main() { throw new Error("x") }');
  });

  it('ow-activations-01: a record is stored soon after, of a non-blocking call too', async () => {
    const { json } = await host.rest('POST', 'actions/t/echo', { x: 1 });
    expect((await host.record(json.activationId)).response.result).to.deep.equal({ x: 1 });
  });

  it('ow-activations-02: annotations tell path, kind, limits, waiting, time-out, and a cold start', async () => {
    await host.action('cold', 'function main() {}');
    const [cold, warm] = [(await host.invoke('cold')).json, (await host.invoke('cold')).json];
    const annotations = asMap((await host.record(cold.activationId)).annotations);
    expect(annotations).to.deep.include({
      path: `${host.ns}/t/cold`,
      kind: 'nodejs:20',
      limits: { concurrency: 1, logs: 10, memory: 256, timeout: 60000 },
      timeout: false,
    });
    expect(annotations).to.include.keys('waitTime', 'initTime');
    expect(asMap((await host.record(warm.activationId)).annotations)).not.to.have.property('initTime');
  });

  it('ow-activations-03: a line of stdout is in the stored record with its time, a line of stderr is not', async () => {
    await host.action(
      'talks',
      'function main() { console.log("said"); console.error("hidden"); process.stdout.write("half") }',
    );
    const { json } = await host.invoke('talks');
    const { logs } = await host.record(json.activationId);
    expect(logs).to.have.lengthOf(2);
    expect(logs[0]).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z said$/);
    expect(logs[1]).to.match(/Z half$/);
  });

  it('keeps the lines of a crash', async () => {
    await host.action('dies', 'function main() { console.log("last words"); process.exit(1) }');
    const { logs } = await host.record((await host.invoke('dies')).json.activationId);
    expect(logs.join()).to.contain('last words');
  });

  it('cuts logs above the limit of the action', async () => {
    const code = 'function main() { for (let i = 0; i < 3000; i++) console.log("x".repeat(1000)) }';
    await host.action('chatty', code, {}, { limits: { logs: 1 } });
    const { logs } = await host.record((await host.invoke('chatty')).json.activationId);
    expect(logs.length).to.be.within(900, 1100);
    expect(logs.at(-1)).to.equal(
      'Logs were truncated because the total bytes size exceeds the limit of 1048576 bytes.',
    );
  });

  it('ow-activations-06: an action that is invoked from inside an action has no cause', async () => {
    const code = `async function main() {
      const url = process.env.__OW_API_HOST + '/api/v1/namespaces/_/actions/t/echo?blocking=true';
      const authorization = 'Basic ' + Buffer.from(process.env.__OW_API_KEY).toString('base64');
      return (await fetch(url, { method: 'POST', headers: { authorization } })).json();
    }`;
    await host.action('parent', code, { 'provide-api-key': true });
    const child = (await host.invoke('parent')).json.response.result as { activationId: string };
    expect(await host.record(child.activationId)).not.to.have.property('cause');
  });

  it('ow-activations-07: a list has 30 entries unless asked for up to 200', async () => {
    for (let i = 0; i < 201; i++) await host.rest('POST', 'actions/t/echo?blocking=true', {});
    expect(await host.list('activations')).to.have.lengthOf(30);
    expect(await host.list('activations?limit=0')).to.have.lengthOf(200);
    expect(await host.list('activations?limit=200')).to.have.lengthOf(200);
    const { status, json } = await host.rest('GET', 'activations?limit=201');
    const error = "The value '201' is not in the range of 0 to 200 for activations.";
    expect([status, json.error]).to.deep.equal([400, error]);
  });

  it('ow-activations-08: entries have a status code from 0 to 2, and are whole with docs=true', async () => {
    for (const [name, statusCode] of [
      ['echo', 0],
      ['fails', 1],
      ['breaks', 2],
    ] as const) {
      await host.record((await host.invoke(name)).json.activationId);
      const [entry] = await host.list(`activations?limit=1&name=t/${name}`);
      expect(entry).to.include({ name, statusCode });
      expect(entry).not.to.have.any.keys('logs', 'response');
    }
    const [whole] = await host.list('activations?limit=1&docs=true');
    expect(whole).to.include.keys('logs', 'response', 'annotations', 'activationId');
  });

  it('ow-activations-09: a name is package/action', async () => {
    await host.record((await host.invoke('fails')).json.activationId);
    expect(await host.list('activations?name=t/fails')).not.to.have.lengthOf(0);
    expect(await host.list('activations?name=fails')).to.deep.equal([]);
  });

  it('counts, skips, and takes a span of time', async () => {
    await host.action('timed', 'function main() {}');
    const records = [];
    for (let i = 0; i < 3; i++) records.push(await host.record((await host.invoke('timed')).json.activationId));
    const [first, , third] = records;
    expect((await host.rest('GET', 'activations?name=t/timed&count=true')).json).to.deep.equal({ activations: 3 });
    expect(await host.list('activations?name=t/timed&skip=2')).to.have.lengthOf(1);
    const ids = async (query: string) =>
      (await host.list(`activations?name=t/timed&${query}`)).map((entry) => entry.activationId);
    expect(await ids(`since=${third?.start}`)).to.include(third?.activationId);
    expect(await ids(`upto=${first?.start}`)).to.include(first?.activationId);
    expect(await ids(`since=${(third?.start ?? 0) + 1}`)).to.deep.equal([]);
  });

  it('has the result and the logs alone', async () => {
    await host.action('alone', 'function main(p) { console.log("line"); return p }');
    const { activationId } = (await host.invoke('alone', { x: 1 })).json;
    await host.record(activationId);
    const result = await host.rest('GET', `activations/${activationId}/result`);
    expect(result.json).to.deep.equal({ result: { x: 1 }, size: 7, status: 'success', success: true });
    const logs = await host.rest('GET', `activations/${activationId}/logs`);
    expect(logs.json).to.have.all.keys('logs');
    expect(logs.json.logs[0]).to.contain('line');
  });

  it('says so when an id cannot be one', async () => {
    const { status, json } = await host.rest('GET', 'activations/abc');
    expect([status, json.error]).to.deep.equal([400, 'Activation id length is 3 but must be 32.']);
    expect((await host.rest('GET', `activations/${'0'.repeat(32)}`)).status).to.equal(404);
    expect((await host.rest('DELETE', `activations/${'0'.repeat(32)}`)).status).to.equal(404);
  });
});
