import { expect } from 'chai';
import { asMap } from '../../local/host/support/body.ts';
import { until } from '../../support/until.ts';
import { useHost } from './support/use-host.ts';

const ECHO = 'function main(params) { return params }';

describe('contract of OpenWhisk: activations', () => {
  const host = useHost('activations');
  const path = (name: string): string => `${host.ns}/${host.pkg}/${name}`;
  const listOf = (name: string, query = '') => host.list(`activations?name=${host.pkg}/${name}${query}`);
  before(() => host.action('echo', ECHO));

  it('ow-activations-01: a record is 404 until it is stored, and stored soon after', async function () {
    await host.action('waits', 'function main(p) { return new Promise((r) => setTimeout(() => r(p), 1500)) }');
    const { json } = await host.rest('POST', `actions/${host.pkg}/waits`, { x: 1 });
    const early = await host.rest('GET', `activations/${json.activationId}`);
    expect([early.status, early.json.error]).to.deep.equal([404, 'The requested resource does not exist.']);
    const { response } = await host.record(this, json.activationId, 'non-blocking');
    expect(response.result).to.deep.equal({ x: 1 });
  });

  it('ow-activations-02: annotations tell path, kind, limits, waiting, time-out, and a cold start', async function () {
    await host.action('cold', ECHO);
    const { activationId } = (await host.invoke('cold')).json;
    const annotations = asMap((await host.record(this, activationId)).annotations);
    expect(annotations).to.include({ path: path('cold'), kind: host.kind, timeout: false });
    expect(annotations['limits']).to.include({ concurrency: 1, logs: 10, memory: 256, timeout: 60000 });
    expect(annotations).to.include.keys('waitTime', 'initTime');
    // A host may start another container for the next call, and that one is cold too.
    await until('a warm call', async () => {
      const warm = (await host.invoke('cold')).json;
      return !('initTime' in asMap((await host.record(this, warm.activationId)).annotations));
    });
  });

  it('ow-activations-03: a line of stdout is in the stored record', async function () {
    await host.action('talks', 'function main() { console.log("said this") }');
    const { activationId } = (await host.invoke('talks')).json;
    const { logs } = await host.record(this, activationId);
    expect(logs.join('\n')).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z .*said this/m);
  });

  it('ow-activations-04: the record lists the steps in order, and its duration is theirs', async function () {
    await host.action('first', 'function main() { return new Promise((r) => setTimeout(() => r({ n: 1 }), 20)) }');
    await host.sequence('s04', ['first', 'echo']);
    const { activationId } = (await host.invoke('s04')).json;
    const record = await host.record(this, activationId);
    const steps = [];
    for (const id of record.logs) steps.push(await host.record(this, id));
    expect(steps.map(({ name }) => name)).to.deep.equal(['first', 'echo']);
    expect(record.duration).to.equal(steps.reduce((sum, { duration }) => sum + duration, 0));
    expect(asMap(record.annotations)).to.include({ kind: 'sequence', topmost: true, path: path('s04') });
  });

  it("ow-activations-05: a step's record names its cause", async function () {
    await host.sequence('s05', ['echo']);
    const { activationId } = (await host.invoke('s05')).json;
    const [id = ''] = (await host.record(this, activationId)).logs;
    const step = await host.record(this, id);
    expect(step.cause).to.equal(activationId);
    expect(asMap(step.annotations)).to.include({ causedBy: 'sequence' });
  });

  it('ow-activations-06: an action that is invoked from inside an action has no cause', async function () {
    const code = `async function main({ child }) {
      const url = process.env.__OW_API_HOST + '/api/v1/namespaces/_/actions/' + child + '?blocking=true';
      const authorization = 'Basic ' + Buffer.from(process.env.__OW_API_KEY).toString('base64');
      return (await fetch(url, { method: 'POST', headers: { authorization } })).json();
    }`;
    await host.action('parent', code, { 'provide-api-key': true });
    const { result } = (await host.invoke('parent', { child: `${host.pkg}/echo` })).json.response;
    expect(await host.record(this, String(result['activationId']))).not.to.have.property('cause');
  });

  it('ow-activations-07: a list has 30 entries unless asked for up to 200', async function () {
    // One invoke of a sequence leaves a record for each step, so that this costs few of the minute's calls.
    const steps = Math.min(50, host.sequenceLength);
    await host.sequence('many', Array<string>(steps).fill('echo'));
    for (let records = 0; records <= 200; records += steps + 1) {
      const { activationId } = (await host.invoke('many')).json;
      await host.record(this, activationId);
    }
    expect(await host.list('activations')).to.have.lengthOf(30);
    expect(await host.list('activations?limit=0')).to.have.lengthOf(200);
    const { status, json } = await host.rest('GET', 'activations?limit=201');
    const [first, ...more] = json.error.split('\n');
    expect([status, first]).to.deep.equal([400, "The query parameter 'limit' was malformed:"]);
    expect(more).to.deep.equal(["The value '201' is not in the range of 0 to 200 for activations."]);
  });

  it('ow-activations-08: entries have a status code from 0 to 2, and are whole with docs=true', async function () {
    await host.action('fails', 'function main() { return { error: 1 } }');
    await host.action('breaks', 'function main() { throw new Error("x") }');
    await host.action('succeeds', ECHO);
    for (const [name, statusCode] of [
      ['succeeds', 0],
      ['fails', 1],
      ['breaks', 2],
    ] as const) {
      await host.record(this, (await host.invoke(name)).json.activationId);
      const [entry] = await listOf(name);
      expect(entry).to.include({ name, statusCode });
      expect(entry).not.to.have.any.keys('logs', 'response');
    }
    const [whole] = await listOf('succeeds', '&docs=true');
    expect(whole).to.include.keys('logs', 'response', 'annotations', 'activationId');
  });

  it('ow-activations-09: a name is package/action', async function () {
    await host.action('packaged', ECHO);
    await host.record(this, (await host.invoke('packaged')).json.activationId);
    expect(await listOf('packaged')).to.have.lengthOf(1);
    // No action without package has a name of this run.
    expect(await host.list(`activations?name=${host.name('packaged')}`)).to.deep.equal([]);
    expect(
      (await host.list('activations?name=packaged')).map(({ annotations }) => asMap(annotations)['path']),
    ).not.to.include(path('packaged'));
  });

  it('ow-activations-11: what a list cannot understand is refused by name, for each kind of list', async () => {
    const refused = async (query: string): Promise<readonly unknown[]> => {
      const { status, json } = await host.rest('GET', query);
      return [status, ...json.error.split('\n')];
    };
    const malformed = (name: string, reason: string) => [400, `The query parameter '${name}' was malformed:`, reason];
    const notInteger = (kind: string) => malformed('limit', `The value 'x' is not an integer for ${kind}.`);
    const negative = (kind: string) =>
      malformed('skip', `The value '-1' is not greater than or equal to 0 for ${kind}.`);
    for (const kind of ['activations', 'actions', 'packages']) {
      expect(await refused(`${kind}?limit=x`), kind).to.deep.equal(notInteger(kind));
      expect(await refused(`${kind}?skip=-1`), kind).to.deep.equal(negative(kind));
    }
    const epoch = malformed('since', 'Parameter is not a valid value for epoch seconds: x');
    expect(await refused('activations?since=x')).to.deep.equal(epoch);
  });

  it('ow-activations-12: an action that may log nothing has no lines, not even one about that', async function () {
    await host.action('mute', 'function main() { console.log("not kept") }', {}, { limits: { logs: 0 } });
    const { activationId } = (await host.invoke('mute')).json;
    expect((await host.record(this, activationId)).logs).to.deep.equal([]);
  });
});
