import { expect } from 'chai';
import { asMap } from './support/body.ts';
import { entries, RAW_WEB, useHost } from './support/use-host.ts';

const ECHO = 'function main(params) { return params }';
const GIVE = (result: string): string => `function main() { return ${result} }`;

describe('sequences', () => {
  const host = useHost();
  const web = async (name: string) => {
    const { status, text } = await host.web(`t/${name}`);
    return { status, json: text === '' ? undefined : JSON.parse(text) };
  };
  before(async () => {
    await host.action('echo', ECHO);
    await host.action('answer', 'function main(params) { return { body: params } }');
    await host.action('noted', 'function main() { return { body: { ran: true } } }');
  });

  it("ow-sequences-01: only the sequence's own annotations count", async () => {
    await host.action('locked', ECHO, { ...RAW_WEB, 'require-whisk-auth': 's' });
    await host.sequence('open', ['locked', 'noted'], RAW_WEB);
    expect(await web('open')).to.deep.equal({ status: 200, json: { ran: true } });
    expect((await web('locked')).status).to.equal(401);
  });

  it('ow-sequences-02: an output is the whole payload of the next step and beats what is bound', async () => {
    await host.action('give', GIVE('{ k: "previous" }'));
    await host.action('bound', ECHO, {}, { parameters: entries({ k: 'bound', l: 'bound' }) });
    await host.sequence('s2', ['give', 'bound']);
    expect((await host.invoke('s2', { earlier: 1 })).json.response.result).to.deep.equal({ k: 'previous', l: 'bound' });
  });

  it("ow-sequences-03: final does not protect a later step's parameters", async () => {
    await host.action('give', GIVE('{ k: "previous" }'));
    await host.action('final', ECHO, { final: true }, { parameters: entries({ k: 'bound' }) });
    await host.sequence('s3', ['give', 'final']);
    expect((await host.invoke('s3')).json.response.result).to.deep.equal({ k: 'previous' });
  });

  it('ow-sequences-04: an error ends the sequence and is its answer', async () => {
    await host.action('refuse', GIVE('{ error: { statusCode: 401, body: { m: 1 } } }'));
    await host.sequence('s4', ['refuse', 'noted'], RAW_WEB);
    expect(await web('s4')).to.deep.equal({ status: 401, json: { m: 1 } });
    const { status, json } = await host.invoke('s4');
    expect([status, json.response.status]).to.deep.equal([502, 'application error']);
    expect((await host.record(json.activationId)).logs).to.have.lengthOf(1);
  });

  it('ow-sequences-05: an error with status 200 is an early end that callers see as success', async () => {
    await host.action('early', GIVE('{ error: { statusCode: 200, body: { challenge: 1 } } }'));
    await host.sequence('s5', ['early', 'noted'], RAW_WEB);
    expect(await web('s5')).to.deep.equal({ status: 200, json: { challenge: 1 } });
    const { status, json } = await host.invoke('s5');
    expect([status, json.response.status]).to.deep.equal([502, 'application error']);
  });

  it('ow-sequences-06: an uncaught Error of a step is 204 and ends the sequence', async () => {
    await host.action('boom', 'async function main() { throw new Error("boom") }');
    await host.sequence('s6', ['boom', 'noted'], RAW_WEB);
    expect((await web('s6')).status).to.equal(204);
    const { json } = await host.invoke('s6');
    expect(json.logs).to.have.lengthOf(1);
  });

  it('ow-sequences-07: a status code without error in the middle is data', async () => {
    await host.action('data', GIVE('{ statusCode: 401, body: "data" }'));
    await host.sequence('s7', ['data', 'answer'], RAW_WEB);
    expect(await web('s7')).to.deep.equal({ status: 200, json: { statusCode: 401, body: 'data' } });
  });

  it('ow-sequences-08: a component that is gone is told at the call', async () => {
    await host.action('leaving', ECHO);
    await host.sequence('s8', ['leaving', 'echo']);
    await host.rest('DELETE', 'actions/t/leaving');
    const { status, json } = await host.invoke('s8');
    expect(status).to.equal(502);
    expect(json.response.result).to.deep.equal({ error: 'Sequence component does not exist.' });
    expect((await host.record(json.activationId)).logs).to.deep.equal([]);
  });

  it('ow-sequences-09: an invoke with the key may forge what web calls set', async () => {
    await host.sequence('s9', ['echo'], RAW_WEB);
    const forged = { __ow_headers: { a: 'b' }, __ow_body: 'x', __ow_user: 'me' };
    expect((await host.invoke('s9', forged)).json.response.result).to.deep.equal(forged);
  });

  it('ow-activations-04: the record lists the steps in order, and its duration is theirs', async () => {
    await host.action('first', 'function main() { return new Promise((r) => setTimeout(() => r({ n: 1 }), 20)) }');
    await host.sequence('s10', ['first', 'echo']);
    const { json } = await host.invoke('s10');
    const record = await host.record(json.activationId);
    const steps = await Promise.all(record.logs.map((id) => host.record(id)));
    expect(steps.map(({ name }) => name)).to.deep.equal(['first', 'echo']);
    expect(record.duration).to.equal((steps[0]?.duration ?? 0) + (steps[1]?.duration ?? 0));
    expect(asMap(record.annotations)).to.include({ kind: 'sequence', topmost: true, path: `${host.ns}/t/s10` });
  });

  it("ow-activations-05: a step's record names its cause", async () => {
    await host.sequence('s11', ['echo']);
    const { json } = await host.invoke('s11');
    const [id = ''] = (await host.record(json.activationId)).logs;
    const step = await host.record(id);
    expect(step.cause).to.equal(json.activationId);
    expect(asMap(step.annotations)).to.include({ causedBy: 'sequence' });
  });

  it('runs a sequence within a sequence, which is not the topmost', async () => {
    await host.sequence('inner', ['echo', 'echo']);
    await host.sequence('outer', ['inner', 'echo']);
    const { json } = await host.invoke('outer', { x: 1 });
    expect(json.response.result).to.deep.equal({ x: 1 });
    const [id = ''] = (await host.record(json.activationId)).logs;
    const inner = await host.record(id);
    expect(inner.cause).to.equal(json.activationId);
    expect(asMap(inner.annotations)).to.include({ kind: 'sequence', causedBy: 'sequence', topmost: false });
  });

  it('runs at most 50 actions in a sequence, nested ones counted', async () => {
    await host.sequence('ten', Array<string>(10).fill('echo'));
    await host.sequence('fifty', Array<string>(5).fill('ten'));
    expect((await host.invoke('fifty')).status).to.equal(200);
    await host.sequence('more', ['fifty', 'echo']);
    const { status, json } = await host.invoke('more');
    expect([status, json.response.result]).to.deep.equal([502, { error: 'Too many actions in the sequence.' }]);
  });

  it('passes an array on as it is, without what is bound', async () => {
    await host.action('array', GIVE('[1, 2]'));
    await host.action('takes', 'function main(p) { return { got: p } }', {}, { parameters: entries({ k: 1 }) });
    await host.sequence('s12', ['array', 'takes']);
    expect((await host.invoke('s12')).json.response.result).to.deep.equal({ got: [1, 2] });
  });
});
